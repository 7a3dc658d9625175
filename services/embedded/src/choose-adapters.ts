import { enablingName, type Environment, standingOf } from "@fairlead/adapter-kit/adapter-program";
import { ConfigError } from "@fairlead/runtime/config";
import type { FoundAdapter } from "./find-adapters.ts";

/** An adapter that is to be started. */
export interface ChosenAdapter extends FoundAdapter {
  /** True where it calls the simulator that is started with it. */
  readonly simulated: boolean;
}

/** A provider that is not started, and what has to be set for it to be. */
export interface ProviderLeftOut {
  readonly provider: string;
  /** Name of a variable or of a key of the configuration. */
  readonly setting: string;
}

/** Which adapters are started. */
export interface AdapterChoice {
  readonly chosen: readonly ChosenAdapter[];
  readonly leftOut: readonly ProviderLeftOut[];
}

/**
 * Chooses the adapters to start: those that have what calls of their provider need. Only where no provider of the
 * installation has, all are simulated, so that a real one never answers from a simulator; a provider whose `simulated` is
 * set without a key always is.
 *
 * @param wanted     ids of the providers to choose among; empty: all
 * @param simulators ids of the providers that the simulator speaks for
 * @throws ConfigError for an id that is not known, and where nothing can be started
 */
export function chooseAdapters(
  found: readonly FoundAdapter[],
  environment: Environment,
  { wanted, simulators }: { readonly wanted: readonly string[]; readonly simulators: ReadonlySet<string> },
): AdapterChoice {
  const known = found.map(({ program }) => program.provider);
  const unknown = wanted.find((provider) => !known.includes(provider));
  if (unknown !== undefined) throw wrongProviders(`there is no provider ${unknown}; known are ${known.join(", ")}`);
  const standings = found.map((one) => ({ one, standing: standingOf(one.program, environment) }));
  const demonstration = !standings.some(({ standing }) => standing.enabled && !standing.simulated);
  const chosen: ChosenAdapter[] = [];
  const leftOut: ProviderLeftOut[] = [];
  for (const { one, standing } of standings) {
    const { program } = one;
    const { provider } = program;
    if (wanted.length > 0 && !wanted.includes(provider)) continue;
    const shown = demonstration && (program.demonstrated !== false || wanted.includes(provider));
    if (standing.enabled) chosen.push({ ...one, simulated: false });
    else if (simulators.has(provider) && (shown || standing.simulated))
      chosen.push({ ...one, simulated: true });
    else leftOut.push({ provider, setting: enablingName(program) });
  }
  if (chosen.length === 0)
    throw wrongProviders(`no provider can be started; set ${leftOut.map(({ setting }) => setting).join(" or ")}`);
  return { chosen, leftOut };
}

function wrongProviders(problem: string): ConfigError {
  return new ConfigError(`Configuration: embedded.providers (FAIRLEAD_PROVIDERS): ${problem}`);
}
