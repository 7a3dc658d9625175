import { type Loose, text } from "../json.ts";

const VALUES = ["stringValue", "numberValue", "boolValue", "nullValue"] as const;

/** Puts pieces of arguments, each at its path such as `$.items[0].name`, into what came before; texts go on where they stopped. */
export function addPartialArguments(before: unknown, pieces: readonly Loose[]): unknown {
  let whole = before;
  for (const piece of pieces) {
    const key = VALUES.find((name) => name in piece);
    if (key === undefined) continue;
    const value = key === "nullValue" ? null : piece[key];
    whole = put(whole, toPath(text(piece["jsonPath"])), value);
  }
  return whole;
}

function toPath(path: string): (string | number)[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[['"]([^'"]+)['"]\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
}

function put(target: unknown, [head, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (head === undefined) return typeof target === "string" && typeof value === "string" ? target + value : value;
  const container = (typeof target === "object" && target !== null ? target : typeof head === "number" ? [] : {}) as Record<
    string | number,
    unknown
  >;
  container[head] = put(container[head], rest, value);
  return container;
}
