import { type AdapterProgram, hasKey, simulatedEnvironment } from "@fairlead/adapter-kit/adapter-program";
import { createProviderSimulator, type ProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import type { Service } from "@fairlead/runtime/service";
import type { Ground } from "./compose-services.ts";
import type { EmbeddedConfig } from "./config.ts";
import { findAdapters } from "./find-adapters.ts";

/** A provider of a mesh in one process. */
export interface ProviderInUse {
  readonly provider: string;
  readonly simulated: boolean;
}

/** The adapters by provider, and the simulator behind those without a key. */
export interface StartedAdapters {
  readonly adapters: ReadonlyMap<string, Service>;
  readonly providers: readonly ProviderInUse[];
  /** Undefined: every provider is real. */
  readonly simulator: ProviderSimulator | undefined;
}

/** Makes every adapter of this installation; one without a key calls the simulator. */
export async function startAdapters(ground: Omit<Ground, "state">, config: EmbeddedConfig): Promise<StartedAdapters> {
  const { environment, toolsOf, bus, instance, closers } = ground;
  const programs = await findAdapters();
  const simulator = await startSimulator(programs, environment, config);
  if (simulator !== undefined) closers.keep(simulator);
  const adapters = new Map<string, Service>();
  const providers: ProviderInUse[] = [];
  for (const program of programs) {
    const { provider } = program;
    const overlay = hasKey(program, environment) ? {} : simulatedEnvironment(program, simulator?.baseUrls[provider] ?? "");
    const settings = readConfig(program.config, { ...environment, ...overlay });
    const adapter = closers.keep(program.create(settings, { tools: toolsOf(`adapter-${provider}`), bus, instance }));
    adapters.set(provider, adapter);
    providers.push({ provider, simulated: adapter.description.simulated });
  }
  return { adapters, providers, simulator };
}

async function startSimulator(
  programs: readonly AdapterProgram[],
  environment: Ground["environment"],
  { simulatorSpeed, simulatorPort }: EmbeddedConfig,
): Promise<ProviderSimulator | undefined> {
  if (programs.every((program) => hasKey(program, environment))) return undefined;
  const simulator = createProviderSimulator({ speed: simulatorSpeed, port: simulatorPort });
  await simulator.listen();
  return simulator;
}
