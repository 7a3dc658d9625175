import { existsSync } from "node:fs";
import type { AdapterProgram } from "@fairlead/adapter-kit/adapter-program";
import type { Destination } from "./destination.ts";

const SERVICES = new URL("../../services/", import.meta.url);

/** What the service of an adapter exports: one program, or one for each server that is configured. */
interface AdapterModule {
  readonly adapter?: AdapterProgram;
  readonly adapters?: (environment: Readonly<Record<string, string>>) => readonly AdapterProgram[];
}

/** The adapter in the folder `services/adapter-<name>`, for the server it is to speak to; undefined: there is none. */
export async function loadAdapter({ adapter, provider, api }: Destination, baseUrl: string): Promise<AdapterProgram | undefined> {
  const file = new URL(`adapter-${adapter}/src/service.ts`, SERVICES);
  if (!existsSync(file)) return undefined;
  const module = (await import(file.href)) as AdapterModule;
  if (module.adapters === undefined) return module.adapter;
  const server = { provider, baseUrl, ...(api === "responses" ? { api } : {}) };
  const programs = module.adapters({ OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([server]) });
  return programs.find((program) => program.provider === provider);
}

/** File with the models that an adapter knows of itself; it may not be there. */
export function ownModels({ adapter, provider }: Destination): URL {
  const ofServer = new URL(`adapter-${adapter}/presets/${provider}/models.yaml`, SERVICES);
  return provider !== "" && existsSync(ofServer) ? ofServer : new URL(`adapter-${adapter}/src/models.yaml`, SERVICES);
}

/** Settings of an adapter that is pointed at a server of the runner, of the keys that it has. */
export function settingsOf(program: AdapterProgram, wanted: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = new Set(Object.keys(program.config.schema.shape));
  return program.config.schema.parse(
    Object.fromEntries(Object.entries(wanted).filter(([key, value]) => known.has(key) && value !== undefined)),
  );
}
