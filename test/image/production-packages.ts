import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Wanted {
  readonly dependencies?: Readonly<Record<string, string | { readonly version: string }>>;
  readonly optionalDependencies?: Readonly<Record<string, string | { readonly version: string }>>;
}

interface Lock {
  readonly importers: Readonly<Record<string, Wanted>>;
  readonly snapshots: Readonly<Record<string, Wanted>>;
}

const lock = parse(readFileSync(new URL("../../pnpm-lock.yaml", import.meta.url), "utf8")) as Lock;

/** Names of all packages that a part of the workspace, for example services/router, has in production by the lock file. */
export function productionPackages(part: string): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = (owner: Wanted | undefined, at: string) => {
    for (const [name, wanted] of Object.entries({ ...owner?.dependencies, ...owner?.optionalDependencies })) {
      names.add(name);
      const version = typeof wanted === "string" ? wanted : wanted.version;
      const key = version.startsWith("link:") ? new URL(version.slice(5), `file:///${at}/`).pathname.slice(1) : `${name}@${version}`;
      if (seen.has(key)) continue;
      seen.add(key);
      visit(lock.importers[key] ?? lock.snapshots[key] ?? lock.snapshots[version], key);
    }
  };
  visit(lock.importers[part], part);
  return names;
}
