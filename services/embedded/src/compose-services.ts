import type { Bus } from "@fairlead/bus/bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { createCostOptimizer } from "@fairlead/cost-optimizer";
import { costOptimizerConfig } from "@fairlead/cost-optimizer/config";
import { createFallbackManager } from "@fairlead/fallback-manager";
import { fallbackManagerConfig } from "@fairlead/fallback-manager/config";
import { createLoadBalancer } from "@fairlead/load-balancer";
import { loadBalancerConfig } from "@fairlead/load-balancer/config";
import { createRouter } from "@fairlead/router";
import { routerConfig } from "@fairlead/router/config";
import type { Client, Handlers, ServiceDescriptor } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { createSlaMonitor } from "@fairlead/sla-monitor";
import { slaMonitorConfig } from "@fairlead/sla-monitor/config";
import { readWebhookSecrets } from "@fairlead/sla-monitor/webhook-config";
import type { EmbeddedState } from "@fairlead/state/open-embedded-state";
import type { Closers } from "@fairlead/runtime/closers";

/** What the services of one process share. */
export interface Ground {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly toolsOf: (service: string) => ServiceTools;
  readonly bus: Bus;
  readonly state: EmbeddedState;
  /** Unique for this run of this process. */
  readonly instance: string;
  readonly closers: Closers;
}

/** The services, and clients by which they call each other. */
export interface Composition {
  readonly router: Service;
  readonly optimizer: Service;
  readonly monitor: Service;
  readonly balancer: Service;
  readonly learning: Client<typeof LearningService>;
  readonly execution: Client<typeof ExecutionService>;
  readonly balancing: Client<typeof BalancingService>;
  readonly cost: Client<typeof CostService>;
  readonly replay: Client<typeof ReplayService>;
  readonly sla: Client<typeof SlaService>;
  /** True when every service can do its work. */
  ready(): boolean;
}

/** Makes the services of the mesh in one process: calls between them are function calls. */
export async function composeServices(ground: Ground, adapters: ReadonlyMap<string, Service>): Promise<Composition> {
  const { environment, toolsOf, bus, state, instance, closers } = ground;
  const balancer = closers.keep(createLoadBalancer(readConfig(loadBalancerConfig, environment), { tools: toolsOf("load-balancer"), bus, quotas: state.quotas }));
  const { ledger, spend, notes, decisions, circuits, cache, records } = state;
  const costTools = { tools: toolsOf("cost-optimizer"), bus, ledger, spend, notes, decisions };
  const optimizer = closers.keep(createCostOptimizer(readConfig(costOptimizerConfig, environment), costTools));
  const openAdapter = (provider: string) => ({ client: clientOf(adapters.get(provider), AdapterService), close: () => undefined });
  const slaSettings = readConfig(slaMonitorConfig, environment);
  const monitor = closers.keep(
    createSlaMonitor(slaSettings, {
      tools: toolsOf("sla-monitor"),
      bus,
      records,
      openAdapter,
      cost: () => clientOf(optimizer, CostService),
      secrets: readWebhookSecrets(slaSettings.webhooks, environment),
      instance,
    }),
  );
  const manager = closers.keep(
    await createFallbackManager(readConfig(fallbackManagerConfig, environment), {
      tools: toolsOf("fallback-manager"),
      bus,
      circuits,
      instance,
      openAdapter,
      balancing: clientOf(balancer, BalancingService),
    }),
  );
  const clients = {
    execution: clientOf(manager, ExecutionService),
    balancing: clientOf(balancer, BalancingService),
    cost: clientOf(optimizer, CostService),
    sla: clientOf(monitor, SlaService),
    replay: clientOf(optimizer, ReplayService, true),
  };
  const router = closers.keep(createRouter(readConfig(routerConfig, environment), { tools: toolsOf("router"), bus, cache, records, instance, ...clients }));
  const all = [balancer, monitor, optimizer, manager, router, ...adapters.values()];
  const learning = clientOf(router, LearningService, true);
  return { router, optimizer, monitor, balancer, learning, ...clients, ready: () => all.every((service) => service.ready()) };
}

/** A client of a service in this process. `validated` is for callers that are not part of the mesh. */
export function clientOf<S extends ServiceDescriptor>(owner: Service | undefined, service: S, validated = false): Client<S> {
  const found = owner?.implementations.find((one) => one.service.typeName === service.typeName);
  if (found === undefined) throw new Error(`nobody serves ${service.typeName}`);
  return localClient(service, found.handlers as unknown as Handlers<S>, { validated });
}
