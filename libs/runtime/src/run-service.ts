import { randomUUID } from "node:crypto";
import type { CallObserver } from "@fairlead/rpc/call-observer";
import { type GrpcServer, serveGrpc } from "@fairlead/rpc/grpc-server";
import { pause } from "@fairlead/rpc/pause";
import { observeCalls } from "./call-metrics.ts";
import { Closers } from "./closers.ts";
import { ConfigError, readConfig } from "./config.ts";
import type { Links } from "./links.ts";
import { logDefect } from "./log-defect.ts";
import { openTls, type Tls } from "./open-tls.ts";
import { type ProcessConfig, processConfig } from "./process-config.ts";
import { measureReadiness } from "./process-metrics.ts";
import { createReach, EndedEarlyError } from "./reach.ts";
import { serveProbes } from "./serve-probes.ts";
import type { Service, ServiceTools } from "./service.ts";
import { createHost, type ServiceHost } from "./service-host.ts";
import { createLogger, createMetrics, createTools } from "./service-tools.ts";
import { startTelemetry } from "./telemetry.ts";
import { tlsConfig } from "./tls-config.ts";

/** A service and its place. */
export interface ServiceProgram<L extends Links> {
  /** For example "router". */
  readonly name: string;
  /** What it connects to; nothing else is given to it. */
  readonly links: L;
  /** Connects what the service needs and makes it. */
  build(host: ServiceHost<L>): Promise<Service>;
}

/** How often readiness is looked at. */
const READY_POLL_MS = 100;

/**
 * Runs one service as this process: configuration, telemetry, gRPC with health and reflection, metrics, and a drain on
 * SIGTERM and SIGINT. Probes are answered from the start on, while the service waits for what it needs. A wrong
 * configuration ends the process with status 78 and a line that names the key.
 */
export async function runService<const L extends Links>(program: ServiceProgram<L>): Promise<void> {
  try {
    await run(program);
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : `${program.name} could not start: ${String(error)}`;
    process.stderr.write(`${message}\n`);
    process.exit(error instanceof ConfigError ? 78 : 1);
  }
}

/** What a process has before its service. */
interface Ground {
  readonly config: ProcessConfig;
  readonly instance: string;
  readonly tools: ServiceTools;
  readonly observe: CallObserver;
  readonly tls: Tls | undefined;
  readonly closers: Closers;
}

async function run<L extends Links>(program: ServiceProgram<L>): Promise<void> {
  const end = untilSignal();
  const ground = await prepare(program.name);
  const { tools, closers } = ground;
  try {
    await serve(program, ground, end);
  } catch (error) {
    if (!(error instanceof EndedEarlyError)) throw error;
  }
  await closers.close();
  tools.logger.info("stopped");
  process.exit(0);
}

async function prepare(name: string): Promise<Ground> {
  const config = readConfig(processConfig);
  // A container that is started anew in its pod is another instance: leases and events of the one before are not its own.
  const instance = `${config.instance === "" ? name : config.instance}-${randomUUID().slice(0, 8)}`;
  const metrics = createMetrics();
  const closers = new Closers();
  const telemetry = await startTelemetry({ serviceName: name, instance, endpoint: config.otlpEndpoint, metrics });
  closers.add(() => telemetry.close().catch(() => undefined));
  const tools = createTools(name, createLogger(config.logLevel), metrics);
  const tls = openTls(readConfig(tlsConfig), tools);
  if (tls !== undefined) closers.keep(tls);
  return { config, instance, tools, observe: observeCalls(metrics), tls, closers };
}

/** Serves until the process shall end; rejects with EndedEarlyError where that is before the service has what it needs. */
async function serve<L extends Links>(program: ServiceProgram<L>, ground: Ground, end: AbortSignal): Promise<void> {
  const { closers, ...parts } = ground;
  const { config, tools, instance } = parts;
  const host = createHost(program.links, { ...parts, closing: (close) => closers.add(close), reach: createReach(tools.logger, end) });
  let service: Service | undefined;
  const ready = () => !end.aborted && service?.ready() === true;
  measureReadiness(tools.metrics, ready);
  const probes = closers.keep(await serveProbes(config, tools.metrics, ready));
  tools.logger.info({ healthPort: probes.healthPort, adminPort: probes.adminPort, instance }, "started");

  const built = await program.build(host);
  const grpc = await listen(built, ground);
  service = built;
  await tellReadiness(() => [grpc, probes].forEach((server) => server.setServing(ready())), end);
  tools.logger.info({ signal: end.reason }, "draining");
  await drain(grpc, service, config);
}

async function listen(service: Service, { config, tools, observe, tls }: Ground): Promise<GrpcServer> {
  const grpc = await serveGrpc({
    host: config.grpcHost,
    port: config.grpcPort,
    implementations: service.implementations,
    ...(tls === undefined ? {} : { credentials: tls.server }),
    maxConnectionAgeMs: config.maxConnectionAgeMs,
    tracer: tools.tracer,
    observe,
    onDefect: (method, thrown, trace) => logDefect(tools.logger, thrown, trace, { method }),
  });
  service.listening?.(config.advertisedAddress === "" ? `${config.grpcHost}:${grpc.port}` : config.advertisedAddress);
  tools.logger.info({ grpcPort: grpc.port, tls: tls !== undefined }, "listening");
  return grpc;
}

/** Is aborted by the first SIGTERM or SIGINT; its reason is the signal's name. A second one ends the process at once. */
function untilSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => (controller.signal.aborted ? process.exit(1) : controller.abort(name)));
  }
  return controller.signal;
}

/** Tells readiness again and again, and a last time when the process shall end. */
async function tellReadiness(tell: () => void, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    tell();
    await pause(READY_POLL_MS, end);
  }
  tell();
}

/** Lets balancers look away, then refuses new calls and waits for those under way. */
async function drain(grpc: GrpcServer, service: Service, config: ProcessConfig): Promise<void> {
  service.leaving?.();
  await pause(config.lameDuckMs);
  service.drain?.();
  await grpc.close(config.drainMs);
  await service.close();
}
