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
    /** Address that the health service listens on by itself, always without TLS. */
    healthHost: z.string().min(1).default("127.0.0.1"),
    /** Port that the health service listens on by itself; 0 takes a free one. */
    healthPort: port.default(0),
    /** Address that metrics and health over HTTP listen on. */
    adminHost: z.string().min(1).default("127.0.0.1"),
    /** Port that metrics and health over HTTP listen on; 0 takes a free one. */
    adminPort: port.default(0),
    /** Name of this replica; each of its runs adds letters of its own. Empty: the service's name. */
    instance: z.string().regex(/^[a-zA-Z0-9._-]{0,128}$/, "expected letters, digits, dots and dashes").default(""),
    /** gRPC target under which peers reach this process. Empty: its own host and port. */
    advertisedAddress: z.string().default(""),
    /** Milliseconds after which connections are made anew, a tenth more or less: a new one finds new replicas and certificates. 0: never. */
    maxConnectionAgeMs: z.coerce.number().int().min(0).max(86_400_000).default(10_000),
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
    FAIRLEAD_HEALTH_HOST: "healthHost",
    FAIRLEAD_HEALTH_PORT: "healthPort",
    FAIRLEAD_ADMIN_HOST: "adminHost",
    FAIRLEAD_ADMIN_PORT: "adminPort",
    FAIRLEAD_INSTANCE: "instance",
    FAIRLEAD_ADVERTISED_ADDRESS: "advertisedAddress",
    FAIRLEAD_MAX_CONNECTION_AGE_MS: "maxConnectionAgeMs",
    FAIRLEAD_DRAIN_MS: "drainMs",
    FAIRLEAD_LAME_DUCK_MS: "lameDuckMs",
    FAIRLEAD_LOG_LEVEL: "logLevel",
    OTEL_EXPORTER_OTLP_ENDPOINT: "otlpEndpoint",
  },
});

export type ProcessConfig = z.infer<(typeof processConfig)["schema"]>;
