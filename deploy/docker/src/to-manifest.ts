/** What of a package.json Node reads while a service runs; the rest tells package managers and compilers. */
const KEPT = ["name", "version", "type"] as const;

/** A package.json without what is for building, and with exports that name JavaScript. */
export function toManifest(manifest: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.fromEntries(KEPT.filter((key) => key in manifest).map((key) => [key, manifest[key]]));
  return "exports" in manifest ? { ...kept, exports: toExports(manifest["exports"]) } : kept;
}

function toExports(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/(?<!\.d)\.ts$/, ".js");
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([condition]) => condition !== "types");
  return Object.fromEntries(entries.map(([key, inner]) => [key, toExports(inner)]));
}
