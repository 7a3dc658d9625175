import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { hasKey, simulatedEnvironment, type AdapterProgram } from "@fairlead/adapter-kit/adapter-program";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { createCostOptimizer } from "@fairlead/cost-optimizer";
import { costOptimizerConfig } from "@fairlead/cost-optimizer/config";
import { createFallbackManager } from "@fairlead/fallback-manager";
import { fallbackManagerConfig } from "@fairlead/fallback-manager/config";
import { createGateway } from "@fairlead/gateway";
import { gatewayConfig } from "@fairlead/gateway/config";
import { createLoadBalancer } from "@fairlead/load-balancer";
import { loadBalancerConfig } from "@fairlead/load-balancer/config";
import { createProviderSimulator, type ProviderSimulator } from "@fairlead/provider-simulator";
import { createRouter } from "@fairlead/router";
import { routerConfig } from "@fairlead/router/config";
import type { Client, Handlers, ServiceDescriptor } from "@fairlead/rpc/call";
import { serveGrpc } from "@fairlead/rpc/grpc-server";
import { localClient } from "@fairlead/rpc/local-client";
import { serveAdmin } from "@fairlead/runtime/admin-server";
import { observeCalls } from "@fairlead/runtime/call-metrics";
import { readConfig } from "@fairlead/runtime/config";
import type { Service } from "@fairlead/runtime/service";
import { createLogger, createMetrics, createTools } from "@fairlead/runtime/service-tools";
import { startTelemetry } from "@fairlead/runtime/telemetry";
import { processConfig } from "@fairlead/runtime/process-config";
import { createSlaMonitor } from "@fairlead/sla-monitor";
import { slaMonitorConfig } from "@fairlead/sla-monitor/config";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { embeddedConfig } from "./config.ts";
import { findAdapters } from "./find-adapters.ts";

/** How a mesh in one process is made. */
export interface FairleadOptions {
  /** Variables that configure it; the process's own where not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** False does not listen on HTTP. Default true. */
  readonly http?: boolean;
  /** False does not listen on gRPC. Default true. */
  readonly grpc?: boolean;
}

/** A provider of a mesh in one process. */
export interface ProviderInUse {
  readonly provider: string;
  readonly simulated: boolean;
}

/** A whole mesh in this process. */
export interface Fairlead {
  /** The typed client: calls are function calls, checked against the contract. */
  readonly client: Client<typeof RouterService>;
  /** Budgets, prices and spend. */
  readonly cost: Client<typeof CostService>;
  readonly providers: readonly ProviderInUse[];
  /** Ports that it listens on; undefined: it does not. */
  readonly ports: { readonly http: number | undefined; readonly grpc: number | undefined; readonly admin: number | undefined };
  /** Where the simulator is controlled; undefined: every provider is real. */
  readonly simulator: ProviderSimulator | undefined;
  close(): Promise<void>;
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
  const host = readConfig(processConfig, { ...environment, FAIRLEAD_GRPC_PORT: String(config.grpcPort) });
  const instance = `embedded-${randomUUID().slice(0, 8)}`;
  const closers: (() => Promise<void>)[] = [];
  const later = (close: () => Promise<void>) => void closers.unshift(close);
  const close = async () => {
    for (const one of closers.splice(0)) await one();
  };
  try {
    const telemetry = await startTelemetry("fairlead", instance, host.otlpEndpoint);
    later(() => telemetry.close().catch(() => undefined));
    const logger = createLogger(config.logLevel);
    const metrics = createMetrics();
    const toolsOf = (name: string) => createTools(name, logger, metrics);
    mkdirSync(config.dataDir, { recursive: true });
    const state = openEmbeddedState({ file: join(config.dataDir, "fairlead.db") });
    later(() => state.close());
    const bus = createLocalBus({ tracer: toolsOf("bus").tracer });
    later(() => bus.close());
    const keep = <S extends Service>(service: S): S => {
      later(() => service.close());
      return service;
    };

    const programs = await findAdapters();
    const simulator = await startSimulator(programs, environment, config.simulatorSpeed, config.simulatorPort);
    if (simulator !== undefined) later(() => simulator.close());
    const adapters = new Map<string, Service>();
    const providers: ProviderInUse[] = [];
    for (const program of programs) {
      const simulated = !hasKey(program, environment);
      const overlay = simulated ? simulatedEnvironment(program, simulator?.baseUrls[program.provider] ?? "") : {};
      const settings = readConfig(program.config, { ...environment, ...overlay });
      const adapter = keep(program.create(settings, { tools: toolsOf(`adapter-${program.provider}`), bus, instance }));
      adapters.set(program.provider, adapter);
      providers.push({ provider: program.provider, simulated: adapter.description.simulated });
    }

    const { ledger, spend, circuits, cache } = state;
    const balancer = keep(createLoadBalancer(readConfig(loadBalancerConfig, environment), { tools: toolsOf("load-balancer"), bus }));
    const monitor = keep(createSlaMonitor(readConfig(slaMonitorConfig, environment), { tools: toolsOf("sla-monitor"), bus }));
    const optimizer = keep(
      await createCostOptimizer(readConfig(costOptimizerConfig, environment), { tools: toolsOf("cost-optimizer"), bus, ledger, spend }),
    );
    const manager = keep(
      await createFallbackManager(readConfig(fallbackManagerConfig, environment), {
        tools: toolsOf("fallback-manager"),
        bus,
        circuits,
        instance,
        openAdapter: (provider) => ({ client: clientOf(adapters.get(provider), AdapterService), close: () => undefined }),
      }),
    );
    const execution = clientOf(manager, ExecutionService);
    const balancing = clientOf(balancer, BalancingService);
    const cost = clientOf(optimizer, CostService);
    const sla = clientOf(monitor, SlaService);
    const router = keep(
      createRouter(readConfig(routerConfig, environment), { tools: toolsOf("router"), bus, cache, execution, balancing, cost, sla, instance }),
    );
    for (const [provider, adapter] of adapters) adapter.listening?.(`in-process:${provider}`);
    const all = [balancer, monitor, optimizer, manager, router, ...adapters.values()];
    const ready = () => all.every((service) => service.ready());
    await until(ready, READY_MS);

    // Whoever calls from outside the mesh is checked; the services among themselves were checked at its edge.
    const client = clientOf(router, RouterService, true);
    const checkedCost = clientOf(optimizer, CostService, true);
    const ports = { http: undefined as number | undefined, grpc: undefined as number | undefined, admin: undefined as number | undefined };
    if (options.grpc !== false) {
      const observe = observeCalls(metrics);
      const tools = toolsOf("router");
      const onDefect = (method: string, thrown: unknown) => tools.logger.error({ method, err: thrown }, "defect");
      const implementations = [...router.implementations, ...optimizer.implementations];
      const server = await serveGrpc({ host: config.grpcHost, port: config.grpcPort, implementations, tracer: tools.tracer, observe, onDefect });
      server.setServing(true);
      later(() => server.close(host.drainMs));
      ports.grpc = server.port;
    }
    if (options.http !== false) {
      const services = { router: client, execution, balancing, cost: checkedCost, sla };
      const settings = readConfig(gatewayConfig, environment);
      const gateway = keep(await createGateway(settings, { tools: toolsOf("gateway"), services, ready, drainMs: host.drainMs }));
      ports.http = gateway.httpPort;
      const admin = await serveAdmin({ host: host.adminHost, port: host.adminPort, metrics, ready });
      later(() => admin.close());
      ports.admin = admin.port;
    }
    return { client, cost: checkedCost, providers, ports, simulator, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function clientOf<S extends ServiceDescriptor>(owner: Service | undefined, service: S, validated = false): Client<S> {
  const found = owner?.implementations.find((one) => one.service.typeName === service.typeName);
  if (found === undefined) throw new Error(`nobody serves ${service.typeName}`);
  return localClient(service, found.handlers as unknown as Handlers<S>, { validated });
}

async function startSimulator(
  programs: readonly AdapterProgram[],
  environment: Readonly<Record<string, string | undefined>>,
  speed: number,
  port: number,
): Promise<ProviderSimulator | undefined> {
  if (programs.every((program) => hasKey(program, environment))) return undefined;
  const simulator = createProviderSimulator({ speed, port });
  await simulator.listen();
  return simulator;
}

/** Waits for a condition, looking once in each turn of the event loop. */
async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const giveUpAt = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error("the parts of the mesh did not find each other");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

