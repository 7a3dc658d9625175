import type { ConfigDefinition } from "@fairlead/runtime/config";
import type { z } from "zod";
import type { Adapter, AdapterDependencies } from "./create-adapter-service.ts";

/** An adapter as compositions see it. Each adapter's `service.ts` exports one as `adapter`. */
export interface AdapterProgram<S extends z.ZodObject = z.ZodObject> {
  /** Id of the provider, for example openai. */
  readonly provider: string;
  readonly config: ConfigDefinition<S>;
  create(config: z.infer<S>, dependencies: AdapterDependencies): Adapter;
}

/** Holds a program's parts against each other. */
export function defineAdapter<S extends z.ZodObject>(program: AdapterProgram<S>): AdapterProgram<S> {
  return program;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment holds a key of the provider. */
export function hasKey(program: AdapterProgram, environment: Environment): boolean {
  const variable = variableOf(program, "apiKey");
  return variable === undefined || (environment[variable] ?? "") !== "";
}

/** What the environment must hold for an adapter to call a simulator instead of its provider. */
export function simulatedEnvironment(program: AdapterProgram, baseUrl: string): Record<string, string> {
  const values: Readonly<Record<string, string>> = { apiKey: "simulated", baseUrl, simulated: "true", propagateTrace: "true" };
  const overlay: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    const variable = variableOf(program, key);
    if (variable !== undefined) overlay[variable] = value;
  }
  return overlay;
}

function variableOf(program: AdapterProgram, key: string): string | undefined {
  return Object.entries(program.config.environment).find(([, named]) => named === key)?.[0];
}
