import { simulatedEnvironment } from "@fairlead/adapter-kit/adapter-program";
import { createProviderSimulator, type ProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import type { Service } from "@fairlead/runtime/service";
import { chooseAdapters, type ProviderLeftOut } from "./choose-adapters.ts";
import type { Ground } from "./compose-services.ts";
import type { EmbeddedConfig } from "./config.ts";
import { findAdapters } from "./find-adapters.ts";

/** A provider of a mesh in one process. */
export interface ProviderInUse {
  readonly provider: string;
  readonly simulated: boolean;
}

/** The adapters by provider, and the simulator behind those that are simulated. */
export interface StartedAdapters {
  readonly adapters: ReadonlyMap<string, Service>;
  readonly providers: readonly ProviderInUse[];
  /** Providers that were not started because they have no key. */
  readonly leftOut: readonly ProviderLeftOut[];
  /** Undefined: none is simulated by it. */
  readonly simulator: ProviderSimulator | undefined;
}

/**
 * Makes the adapters of this installation that are to be started.
 *
 * @throws ConfigError that names a wrong key
 */
export async function startAdapters(ground: Omit<Ground, "state">, config: EmbeddedConfig): Promise<StartedAdapters> {
  const { environment, toolsOf, bus, instance, closers } = ground;
  const standby = createProviderSimulator({ speed: config.simulatorSpeed, port: config.simulatorPort });
  const simulators = new Set(Object.keys(standby.basePaths));
  const { chosen, leftOut } = chooseAdapters(await findAdapters(environment), environment, {
    wanted: config.providers,
    simulators,
  });
  const simulator = chosen.some(({ simulated }) => simulated) ? closers.keep(standby) : undefined;
  await simulator?.listen();
  const adapters = new Map<string, Service>();
  const providers: ProviderInUse[] = [];
  for (const { program, simulated } of chosen) {
    const { provider } = program;
    const overlay = simulated ? simulatedEnvironment(program, standby.baseUrls[provider] ?? "") : {};
    const settings = readConfig(program.config, { ...environment, ...overlay });
    const adapter = closers.keep(program.create(settings, { tools: toolsOf(`adapter-${provider}`), bus, instance }));
    adapters.set(provider, adapter);
    providers.push({ provider, simulated: adapter.description.simulated });
  }
  return { adapters, providers, leftOut, simulator };
}
