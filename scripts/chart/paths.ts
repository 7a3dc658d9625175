import { fileURLToPath } from "node:url";

/** Absolute path of something in the repository. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

export const CHART = inRepository("helm/fairlead");
export const GOLDENS = inRepository("test/chart/goldens");
export const OPTIONS = inRepository("test/cluster/options.yaml");
export const REFUSED = inRepository("test/chart/refused");

/** Configuration of a tool, with its waivers. */
export function configuration(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
