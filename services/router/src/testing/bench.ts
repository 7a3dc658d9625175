import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { ModelKind, type ModelDescriptionSchema, type ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { BalancingService, WatchTargetsResponseSchema } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService, WatchCostResponseSchema } from "@fairlead/contracts/cost/v1/cost_service";
import { AdapterAnnouncedSchema, type Event } from "@fairlead/contracts/events/v1/event";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService, WatchHealthResponseSchema } from "@fairlead/contracts/sla/v1/sla_service";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { Registry } from "prom-client";
import { routerConfig } from "../config.ts";
import { createRouter } from "../service.ts";

/** A router of a mesh that only has what a test gives it. */
export interface Bench extends AsyncDisposable {
  /** As callers at the edge have it: what the contract refuses is refused. */
  readonly client: Client<typeof RouterService>;
  /** Events that tell what routers do. */
  readonly events: readonly Event[];
}

/** Models on offer, each with a price. */
export const offer = (provider: string, models: readonly MessageInitShape<typeof ModelDescriptionSchema>[], dialects: string[] = []): MessageInitShape<typeof ProviderDescriptionSchema> => ({
  provider,
  telemetryName: provider,
  dialects,
  models: models.map((model) => ({
    kind: ModelKind.CHAT,
    tier: "balanced",
    capabilities: { tools: true, streaming: true, vision: true, files: true, structuredOutput: true },
    contextWindowTokens: 100_000,
    maxOutputTokens: 4_000,
    strengths: { overall: 0.5 },
    prices: [{ provider, model: model.model ?? "", input: 1_000_000_000n, output: 1_000_000_000n }],
    ...model,
  })) as never,
});

/** A stream of state that says one thing and stays open. */
async function* open<T>(message: T, signal: AbortSignal): AsyncIterable<T> {
  yield message;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Starts it. Whoever executes answers as told. */
export async function startBench(offers: readonly MessageInitShape<typeof ProviderDescriptionSchema>[], execution: Partial<Handlers<typeof ExecutionService>>): Promise<Bench> {
  const bus = createLocalBus();
  const state = openEmbeddedState({ file: ":memory:" });
  const events: Event[] = [];
  for (const pattern of [patterns.outcomeObserved, patterns.decisionMade, patterns.costIncurred]) bus.subscribe(pattern, (told) => void events.push(...told));
  const snapshot = { snapshot: true };
  const router = createRouter(readConfig(routerConfig, {}), {
    tools: createTools("router", createLogger("silent"), new Registry()),
    bus,
    cache: state.cache,
    records: state.records,
    execution: localClient(ExecutionService, execution as Handlers<typeof ExecutionService>),
    balancing: localClient(BalancingService, { watchTargets: (_, { signal }) => open(create(WatchTargetsResponseSchema, snapshot), signal) } as Handlers<typeof BalancingService>),
    cost: localClient(CostService, { watchCost: (_, { signal }) => open(create(WatchCostResponseSchema, snapshot), signal) } as Handlers<typeof CostService>),
    sla: localClient(SlaService, { watchHealth: (_, { signal }) => open(create(WatchHealthResponseSchema, snapshot), signal) } as Handlers<typeof SlaService>),
    instance: "router-1",
  });
  for (const description of offers) {
    const value = create(AdapterAnnouncedSchema, { description });
    bus.publish(subjects.adapterAnnounced(description.provider ?? ""), newEvent({ id: `announced-${description.provider}`, source: "test", now: Date.now() }, { case: "adapterAnnounced", value }));
  }
  while (router.ready?.() !== true) await new Promise((resolve) => setImmediate(resolve));
  const served = router.implementations.find(({ service }) => service.typeName === RouterService.typeName);
  return {
    client: localClient(RouterService, served?.handlers as unknown as Handlers<typeof RouterService>, { validated: true }),
    events,
    async [Symbol.asyncDispose]() {
      await router.close();
      await bus.close();
      await state.close();
    },
  };
}
