import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { AdapterModule, AdapterProgram, Environment } from "@fairlead/adapter-kit/adapter-program";
import { ConfigError } from "@fairlead/runtime/config";

const SERVICES = new URL("../../", import.meta.url);

/** An adapter of this installation. */
export interface FoundAdapter {
  /** Folder of its service, for example adapter-openai; a folder may serve several providers. */
  readonly service: string;
  readonly program: AdapterProgram;
}

/**
 * The adapters of this installation: those of every folder `adapter-*` beside this one. There is no list to keep.
 *
 * @throws ConfigError where two serve the same provider, or one cannot read its part of the configuration
 */
export async function findAdapters(environment: Environment): Promise<FoundAdapter[]> {
  const names = (await readdir(SERVICES))
    .filter((name) => name.startsWith("adapter-") && existsSync(new URL(`${name}/src/service.ts`, SERVICES)))
    .sort();
  const modules = await Promise.all(
    names.map((name) => import(new URL(`${name}/src/service.ts`, SERVICES).href) as Promise<AdapterModule>),
  );
  const found = modules.flatMap(({ adapter, adapters }, index) => {
    const programs = [...(adapter === undefined ? [] : [adapter]), ...(adapters?.(environment) ?? [])];
    return programs.map((program) => ({ service: names[index] ?? "", program }));
  });
  const twice = found.find(
    ({ program }, index) => found.findIndex((other) => other.program.provider === program.provider) < index,
  );
  if (twice !== undefined)
    throw new ConfigError(
      `Configuration: ${twice.program.config.section}: there is another adapter of ${twice.program.provider}`,
    );
  return found;
}
