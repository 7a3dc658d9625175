import { readdir } from "node:fs/promises";
import type { AdapterProgram } from "@fairlead/adapter-kit/adapter-program";

const SERVICES = new URL("../../", import.meta.url);

/** The adapters of this installation: every folder `adapter-*` beside this one. There is no list to keep. */
export async function findAdapters(): Promise<AdapterProgram[]> {
  const names = (await readdir(SERVICES)).filter((name) => name.startsWith("adapter-")).sort();
  return Promise.all(
    names.map(async (name) => {
      const module = (await import(new URL(`${name}/src/service.ts`, SERVICES).href)) as { adapter: AdapterProgram };
      return module.adapter;
    }),
  );
}
