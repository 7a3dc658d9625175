import { z } from "zod";
import type { ProviderSimulatorConfig } from "./service.ts";

const environmentSchema = z.object({
  FAIRLEAD_SIMULATOR_HOST: z.string().min(1).default("127.0.0.1"),
  FAIRLEAD_SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  FAIRLEAD_SIMULATOR_SEED: z.coerce.number().int().min(0).max(0xffff_ffff).default(1),
  FAIRLEAD_SIMULATOR_SPEED: z.coerce.number().min(0).max(10_000).default(1),
});

/** Reads the configuration from the environment; a bad value is an error that names its key. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ProviderSimulatorConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The configuration is not valid. ${problems.join("; ")}`);
  }
  const { data } = parsed;
  return {
    host: data.FAIRLEAD_SIMULATOR_HOST,
    port: data.FAIRLEAD_SIMULATOR_PORT,
    seed: data.FAIRLEAD_SIMULATOR_SEED,
    speed: data.FAIRLEAD_SIMULATOR_SPEED,
  };
}
