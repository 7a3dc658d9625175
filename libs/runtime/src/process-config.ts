import { z } from "zod";
import { defineConfig } from "./config.ts";

const port = z.coerce.number().int().min(0).max(65535);

/** What every process of the mesh is told, whatever service it runs. */
export const processConfig = defineConfig({
  section: "process",
  schema: z.strictObject({
    /** Address that gRPC listens on. */
    grpcHost: z.string().min(1).default("127.0.0.1"),
    /** Port that gRPC listens on; 0 takes a free one. */
    grpcPort: port.default(0),
    /** Address that metrics and plain health listen on. */
    adminHost: z.string().min(1).default("127.0.0.1"),
    /** Port that metrics and plain health listen on; 0 takes a free one. */
    adminPort: port.default(0),
    /** NATS servers, separated by commas. */
    natsUrl: z.string().min(1).default("nats://127.0.0.1:4222"),
    /** Redis server. */
    redisUrl: z.string().min(1).default("redis://127.0.0.1:6379"),
    /** gRPC target under which peers reach this process. Empty: its own host and port. */
    advertisedAddress: z.string().default(""),
    /** Milliseconds that calls under way get to finish after SIGTERM. */
    drainMs: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
    /** Milliseconds between saying "not ready" and refusing new calls, so that balancers look away first. */
    lameDuckMs: z.coerce.number().int().min(0).max(60_000).default(0),
    logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    /** OTLP endpoint for traces. Empty: tracing is off. */
    otlpEndpoint: z.string().default(""),
  }),
  environment: {
    FAIRLEAD_GRPC_HOST: "grpcHost",
    FAIRLEAD_GRPC_PORT: "grpcPort",
    FAIRLEAD_ADMIN_HOST: "adminHost",
    FAIRLEAD_ADMIN_PORT: "adminPort",
    FAIRLEAD_NATS_URL: "natsUrl",
    FAIRLEAD_REDIS_URL: "redisUrl",
    FAIRLEAD_ADVERTISED_ADDRESS: "advertisedAddress",
    FAIRLEAD_DRAIN_MS: "drainMs",
    FAIRLEAD_LAME_DUCK_MS: "lameDuckMs",
    FAIRLEAD_LOG_LEVEL: "logLevel",
    OTEL_EXPORTER_OTLP_ENDPOINT: "otlpEndpoint",
  },
});

export type ProcessConfig = z.infer<(typeof processConfig)["schema"]>;
