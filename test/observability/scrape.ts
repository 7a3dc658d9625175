import type { MeshPart } from "@fairlead/local-mesh/local-mesh";

/** Series by name, with every label that one of them carries. */
export type Scraped = ReadonlyMap<string, ReadonlySet<string>>;

/** What Prometheus adds to every series by itself or by the ServiceMonitor. */
const TARGET_LABELS = ["component", "pod", "namespace", "instance", "job"];

/** Reads the metrics of all parts of a mesh, as Prometheus would. */
export async function scrape(parts: readonly MeshPart[]): Promise<Scraped> {
  const found = new Map<string, Set<string>>([["up", new Set(TARGET_LABELS)]]);
  for (const text of await Promise.all(parts.map(({ adminUrl }) => fetchText(`${adminUrl}/metrics`)))) {
    for (const line of text.split("\n")) {
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line);
      if (sample === null) continue;
      const [, name = "", labels = ""] = sample;
      const known = found.get(name) ?? new Set(TARGET_LABELS);
      found.set(name, known);
      for (const [, label = ""] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    }
  }
  return found;
}

async function fetchText(url: string): Promise<string> {
  return (await fetch(url)).text();
}
