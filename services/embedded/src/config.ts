import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

/** Ids of providers as a list, or as text with commas. */
const providerIds = z.union([z.array(z.string().trim().min(1).max(64)), z.string().max(4_096)]).transform((given) => {
  const ids = typeof given === "string" ? given.split(",").map((id) => id.trim()) : given;
  return ids.filter((id) => id !== "");
});

/** What one process is told beside the settings of the services that it holds. */
export const embeddedConfig = defineConfig({
  section: "embedded",
  schema: z.strictObject({
    /** Folder of the state. */
    dataDir: z.string().min(1).default(".fairlead"),
    grpcHost: z.string().min(1).default("127.0.0.1"),
    /** 0 takes a free one. */
    grpcPort: z.coerce.number().int().min(0).max(65_535).default(50_051),
    /** Speed of the simulator: 1 is realistic, 0 without any delay. */
    simulatorSpeed: z.coerce.number().min(0).max(1_000).default(1),
    /** Port of the simulator; 0 takes a free one. */
    simulatorPort: z.coerce.number().int().min(0).max(65_535).default(0),
    /** Providers whose adapters are started; empty: those of all that have a key, or all simulated where none has. */
    providers: providerIds.default([]),
    logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("warn"),
  }),
  environment: {
    FAIRLEAD_DATA_DIR: "dataDir",
    FAIRLEAD_GRPC_HOST: "grpcHost",
    FAIRLEAD_GRPC_PORT: "grpcPort",
    FAIRLEAD_SIMULATOR_SPEED: "simulatorSpeed",
    FAIRLEAD_SIMULATOR_PORT: "simulatorPort",
    FAIRLEAD_PROVIDERS: "providers",
    FAIRLEAD_LOG_LEVEL: "logLevel",
  },
});

export type EmbeddedConfig = z.infer<(typeof embeddedConfig)["schema"]>;
