import { parted } from "./difference.ts";
import { brief, object, stable } from "./json.ts";

/** A place at which JSON is not as it was wanted. */
export interface Change {
  /** For example messages[0].content. */
  readonly path: string;
  readonly detail: string;
}

/** What of a value is lost or other than it was wanted; what stands beside it is no change. */
export function changes(wanted: unknown, seen: unknown, path: string): Change[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(seen)) return [{ path, detail: `is lost: ${brief(wanted)}` }];
    // In schemas it is a set.
    if (path.endsWith(".required") && stable([...wanted].sort()) === stable([...seen].sort())) return [];
    if (wanted.length !== seen.length)
      return [{ path, detail: `has ${seen.length} entries in place of ${wanted.length}: ${brief(seen)}` }];
    return wanted.flatMap((one, index) => changes(one, seen[index], `${path}[${index}]`));
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof seen !== "object" || seen === null || Array.isArray(seen)) return [{ path, detail: `is lost: ${brief(wanted)}` }];
    return Object.entries(wanted).flatMap(([key, value]) => {
      const at = path === "" ? key : `${path}.${key}`;
      const found = object(seen)[key];
      return found === undefined ? [{ path: at, detail: `is lost: ${brief(value)}` }] : changes(value, found, at);
    });
  }
  if (wanted === seen) return [];
  return [
    {
      path,
      detail:
        typeof wanted === "string" && typeof seen === "string"
          ? parted(wanted, seen)
          : `is ${brief(seen)} in place of ${stable(wanted)}`,
    },
  ];
}
