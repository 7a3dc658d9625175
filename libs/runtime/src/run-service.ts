import { randomUUID } from "node:crypto";
import type { CallObserver } from "@fairlead/rpc/call-observer";
import { type GrpcServer, serveGrpc } from "@fairlead/rpc/grpc-server";
import { type AdminServer, serveAdmin } from "./admin-server.ts";
import { observeCalls } from "./call-metrics.ts";
import { ConfigError, readConfig } from "./config.ts";
import { type ProcessConfig, processConfig } from "./process-config.ts";
import type { Service, ServiceTools } from "./service.ts";
import { createLogger, createMetrics, createTools } from "./service-tools.ts";
import { startTelemetry } from "./telemetry.ts";

/** What a service is built with in a process of its own. */
export interface ServiceHost {
  readonly config: ProcessConfig;
  readonly tools: ServiceTools;
  readonly observe: CallObserver;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** A service and its place. */
export interface ServiceProgram {
  /** For example "router". */
  readonly name: string;
  /** Connects what the service needs and makes it. */
  build(host: ServiceHost): Promise<Service>;
}

/** How often readiness is looked at. */
const READY_POLL_MS = 100;

/**
 * Runs one service as this process: configuration, telemetry, gRPC with health and reflection, metrics, and a drain on
 * SIGTERM and SIGINT. A wrong configuration ends the process with status 78 and a line that names the key.
 */
export async function runService(program: ServiceProgram): Promise<void> {
  try {
    await start(program);
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : `${program.name} could not start: ${String(error)}`;
    process.stderr.write(`${message}\n`);
    process.exit(error instanceof ConfigError ? 78 : 1);
  }
}

async function start(program: ServiceProgram): Promise<void> {
  const config = readConfig(processConfig);
  const instance = `${program.name}-${randomUUID().slice(0, 8)}`;
  const logger = createLogger(config.logLevel);
  const telemetry = await startTelemetry(program.name, instance, config.otlpEndpoint);
  const metrics = createMetrics();
  const tools = createTools(program.name, logger, metrics);
  const observe = observeCalls(metrics);

  const service = await program.build({ config, tools, observe, instance });
  const grpc = await serveGrpc({
    host: config.grpcHost,
    port: config.grpcPort,
    implementations: service.implementations,
    tracer: tools.tracer,
    observe,
    onDefect: (method, thrown) => tools.logger.error({ method, err: thrown }, "defect"),
  });
  service.listening?.(config.advertisedAddress === "" ? `${config.grpcHost}:${grpc.port}` : config.advertisedAddress);
  let draining = false;
  const ready = () => !draining && service.ready();
  const admin = await serveAdmin({ host: config.adminHost, port: config.adminPort, metrics, ready });
  const poll = setInterval(() => grpc.setServing(ready()), READY_POLL_MS);
  grpc.setServing(ready());
  tools.logger.info({ grpcPort: grpc.port, adminPort: admin.port, instance }, "listening");

  const stop = async (signal: string) => {
    if (draining) return;
    draining = true;
    clearInterval(poll);
    tools.logger.info({ signal }, "draining");
    grpc.setServing(false);
    await drain({ grpc, admin, service, config });
    await telemetry.close().catch(() => undefined);
    tools.logger.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
}

async function drain(parts: { grpc: GrpcServer; admin: AdminServer; service: Service; config: ProcessConfig }): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, parts.config.lameDuckMs));
  parts.service.drain?.();
  await parts.grpc.close(parts.config.drainMs);
  await parts.service.close();
  await parts.admin.close();
}
