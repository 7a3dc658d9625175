import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { costOptimizerConfig, retentionOf } from "@fairlead/cost-optimizer/config";
import { createGateway } from "@fairlead/gateway";
import { gatewayConfig } from "@fairlead/gateway/config";
import type { ProviderSimulator } from "@fairlead/provider-simulator";
import type { Client } from "@fairlead/rpc/call";
import { serveGrpc } from "@fairlead/rpc/grpc-server";
import { serveAdmin } from "@fairlead/runtime/admin-server";
import { observeCalls } from "@fairlead/runtime/call-metrics";
import { readConfig } from "@fairlead/runtime/config";
import { logDefect } from "@fairlead/runtime/log-defect";
import { type ProcessConfig, processConfig } from "@fairlead/runtime/process-config";
import type { ServiceTools } from "@fairlead/runtime/service";
import { createLogger, createMetrics, createTools } from "@fairlead/runtime/service-tools";
import { startTelemetry } from "@fairlead/runtime/telemetry";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";
import type { Registry } from "prom-client";
import type { ProviderLeftOut } from "./choose-adapters.ts";
import { Closers } from "@fairlead/runtime/closers";
import { clientOf, type Composition, composeServices, type Ground } from "./compose-services.ts";
import { type EmbeddedConfig, embeddedConfig } from "./config.ts";
import { type ProviderInUse, startAdapters } from "./start-adapters.ts";

/** How a mesh in one process is made. */
export interface FairleadOptions {
  /** Variables that configure it; the process's own where not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** False listens neither on HTTP nor for metrics. Default true. */
  readonly http?: boolean;
  /** False does not listen on gRPC. Default true. */
  readonly grpc?: boolean;
}

/** A whole mesh in this process. */
export interface Fairlead {
  /** The typed client: calls are function calls, checked against the contract. */
  readonly client: Client<typeof RouterService>;
  /** Budgets, prices and spend. */
  readonly cost: Client<typeof CostService>;
  readonly providers: readonly ProviderInUse[];
  /** Providers that were not started because they have no key. */
  readonly leftOut: readonly ProviderLeftOut[];
  /** Ports that it listens on; undefined: it does not. */
  readonly ports: Ports;
  /** Where the simulator is controlled; undefined: no provider is simulated by it. */
  readonly simulator: ProviderSimulator | undefined;
  close(): Promise<void>;
}

interface Ports {
  readonly http: number | undefined;
  readonly grpc: number | undefined;
  readonly admin: number | undefined;
}

/** Milliseconds in which all parts must have found each other. */
const READY_MS = 10_000;

/**
 * Makes a whole mesh in this process: the same services as in the mesh of many processes, with calls that are function
 * calls, events on a bus within the process, and state in SQLite.
 *
 * @throws ConfigError that names a wrong key
 */
export async function createFairlead(options: FairleadOptions = {}): Promise<Fairlead> {
  const environment = options.environment ?? process.env;
  const config = readConfig(embeddedConfig, environment);
  const host = readConfig(processConfig, environment);
  const closers = new Closers();
  try {
    const instance = `embedded-${randomUUID().slice(0, 8)}`;
    const metrics = createMetrics();
    const telemetry = await startTelemetry({ serviceName: "fairlead", instance, endpoint: host.otlpEndpoint, metrics });
    closers.add(() => telemetry.close().catch(() => undefined));
    const logger = createLogger(config.logLevel);
    const toolsOf = (service: string) => createTools(service, logger, metrics);
    mkdirSync(config.dataDir, { recursive: true });
    const state = closers.keep(openEmbeddedState({ file: join(config.dataDir, "fairlead.db"), ...retentionOf(readConfig(costOptimizerConfig, environment)) }));
    const bus = closers.keep(localBus(toolsOf("bus")));
    const ground: Ground = { environment, toolsOf, bus, state, instance, closers };

    const { adapters, providers, leftOut, simulator } = await startAdapters(ground, config);
    const services = await composeServices(ground, adapters);
    for (const [provider, adapter] of adapters) adapter.listening?.(`in-process:${provider}`);
    await until(() => services.ready(), READY_MS);

    // Whoever calls from outside the mesh is checked; the services among themselves were checked at its edge.
    const client = clientOf(services.router, RouterService, true);
    const cost = clientOf(services.optimizer, CostService, true);
    const grpc = options.grpc === false ? undefined : await listenGrpc(ground, services, config, host, metrics);
    const edge = options.http === false ? undefined : await listenHttp(ground, services, { client, cost }, host, metrics);
    const ports = { http: edge?.http, grpc, admin: edge?.admin };
    return { client, cost, providers, leftOut, ports, simulator, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function localBus({ tracer, logger }: ServiceTools): Bus {
  return createLocalBus({
    tracer,
    onProblem: (problem, error) => logger.warn({ err: error }, problem),
    onDeadLetter: (subject, events) => logger.error({ subject, events: events.map(({ eventId }) => eventId) }, "events were given up"),
  });
}

async function listenGrpc(
  { toolsOf, closers }: Ground,
  { router, optimizer, monitor, balancer }: Composition,
  config: EmbeddedConfig,
  { drainMs }: ProcessConfig,
  metrics: Registry,
): Promise<number> {
  const { tracer, logger } = toolsOf("router");
  const server = await serveGrpc({
    host: config.grpcHost,
    port: config.grpcPort,
    implementations: [router, optimizer, monitor, balancer].flatMap((service) => service.implementations),
    tracer,
    observe: observeCalls(metrics),
    onDefect: (method, thrown, trace) => logDefect(logger, thrown, trace, { method }),
  });
  server.setServing(true);
  closers.add(() => {
    server.setServing(false);
    for (const service of [optimizer, monitor, balancer]) service.drain?.();
    return server.close(drainMs);
  });
  return server.port;
}

async function listenHttp(
  { environment, toolsOf, closers }: Ground,
  { learning, execution, balancing, replay, sla, ready }: Composition,
  { client, cost }: Pick<Fairlead, "client" | "cost">,
  host: ProcessConfig,
  metrics: Registry,
): Promise<{ http: number; admin: number }> {
  const admin = closers.keep(await serveAdmin({ host: host.adminHost, port: host.adminPort, metrics, ready }));
  const services = { router: client, learning, execution, balancing, cost, replay, sla };
  const dependencies = { tools: toolsOf("gateway"), services, ready, drainMs: host.drainMs };
  const gateway = closers.keep(await createGateway(readConfig(gatewayConfig, environment), dependencies));
  return { http: gateway.httpPort, admin: admin.port };
}

/** Waits for a condition, looking every millisecond. */
async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const giveUpAt = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error("the parts of the mesh did not find each other");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
