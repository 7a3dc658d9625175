import { type ConfigDefinition, readConfig } from "@fairlead/runtime/config";
import { z } from "zod";
import type { Adapter, AdapterDependencies } from "./create-adapter-service.ts";
import { flag } from "./credentials.ts";
import { asList, asObject, asText, parseJson } from "./json.ts";

/**
 * An adapter as compositions see it. Each adapter's `service.ts` exports one as `adapter`, or, where its folder serves
 * several providers, a function `adapters` that makes them from the environment.
 */
export interface AdapterProgram<S extends z.ZodObject = z.ZodObject> {
  /** Id of the provider, for example openai. */
  readonly provider: string;
  readonly config: ConfigDefinition<S>;
  /**
   * Key of the configuration without which the provider cannot be called, for example baseUrl where a server of one's own
   * needs no key. Unset: apiKey, or keys in a file or at a deployment. Null: there is none.
   */
  readonly enabledBy?: (keyof z.infer<S> & string) | null;
  /** False keeps the provider out of a demonstration, in which no provider has a key. */
  readonly demonstrated?: boolean;
  /** Variables with which a process of the folder runs this program, where the folder has several. */
  readonly selectedBy?: Readonly<Record<string, string>>;
  create(config: z.infer<S>, dependencies: AdapterDependencies): Adapter;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What an adapter's `service.ts` exports. */
export interface AdapterModule {
  readonly adapter?: AdapterProgram;
  /** @throws ConfigError that names a wrong key */
  readonly adapters?: (environment: Environment) => readonly AdapterProgram[];
}

/** Holds a program's parts against each other. */
export function defineAdapter<S extends z.ZodObject>(program: AdapterProgram<S>): AdapterProgram<S> {
  return program;
}

/** What environment and configuration say of calling a provider. */
export interface ProviderStanding {
  /** They hold what the provider cannot be called without. */
  readonly enabled: boolean;
  /** They say that a simulator is called. */
  readonly simulated: boolean;
}

/** Reads what environment and configuration say of calling a provider, once: each reading parses the configuration's file. */
export function standingOf(program: AdapterProgram, environment: Environment): ProviderStanding {
  const { enabledBy = "apiKey", config } = program;
  // Values are looked at as they are written; they are checked where the adapter is made.
  const given = readConfig({ section: config.section, schema: z.looseObject({}), environment: config.environment }, environment);
  const enabled = enabledBy === null || given[enabledBy] !== undefined || (enabledBy === "apiKey" && hasKeysElsewhere(given, environment));
  return { enabled, simulated: flag.safeParse(given["simulated"]).data === true };
}

/** Name of what must be set for the provider to be called: a variable, or else a key of the configuration. */
export function enablingName(program: AdapterProgram): string {
  const key = program.enabledBy ?? "apiKey";
  return variableOf(program, key) ?? `${program.config.section}.${key}`;
}

/** What the environment must hold for an adapter to call a simulator instead of its provider. */
export function simulatedEnvironment(program: AdapterProgram, baseUrl: string): Record<string, string> {
  const values: Readonly<Record<string, string>> = {
    apiKey: "simulated",
    baseUrl,
    simulated: "true",
    propagateTrace: "true",
  };
  const overlay: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    const variable = variableOf(program, key);
    if (variable !== undefined) overlay[variable] = value;
  }
  return overlay;
}

/** Whether there are keys in a file, or at a deployment of their own. */
function hasKeysElsewhere({ apiKeyFile: file, deployments }: Readonly<Record<string, unknown>>, environment: Environment): boolean {
  if (file !== undefined) return true;
  return asList(typeof deployments === "string" ? parseJson(deployments) : deployments).some((deployment) => {
    const { apiKeyEnv, apiKeyFile } = asObject(deployment);
    return asText(apiKeyFile) !== "" || (environment[asText(apiKeyEnv)] ?? "") !== "";
  });
}

function variableOf(program: AdapterProgram, key: string): string | undefined {
  return Object.entries(program.config.environment).find(([, named]) => named === key)?.[0];
}
