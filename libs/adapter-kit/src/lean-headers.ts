/** The part of `Headers` that the SDKs use, over names in lower case. */
export class LeanHeaders implements Iterable<[string, string]> {
  readonly values: ReadonlyMap<string, string>;

  constructor(raw: Readonly<Record<string, string | string[] | undefined>>) {
    const values = new Map<string, string>();
    for (const name in raw) {
      const value = raw[name];
      if (value !== undefined) values.set(name, typeof value === "string" ? value : value.join(", "));
    }
    this.values = values;
  }

  get(name: string): string | null {
    return this.values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  entries(): IterableIterator<[string, string]> {
    return this.values.entries();
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.values.forEach((value, name) => visit(value, name));
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.values.entries();
  }
}

/** Headers of a request as a plain object with names in lower case, in whatever form an SDK hands them over. */
export function plainHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  if (headers === undefined || headers === null) return plain;
  const entries = Symbol.iterator in Object(headers) ? (headers as Iterable<[string, string]>) : Object.entries(headers);
  for (const [name, value] of entries) plain[name.toLowerCase()] = value;
  return plain;
}
