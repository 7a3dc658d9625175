import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Announcement, announceAdapter } from "@fairlead/adapter-kit/announce";
import { testConfig } from "@fairlead/adapter-kit/testing/adapter-client";
import { createAdapterAnthropic } from "@fairlead/adapter-anthropic";
import { createAdapterOpenai } from "@fairlead/adapter-openai";
import { createAdapterGoogle } from "@fairlead/adapter-google";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { patterns } from "@fairlead/bus/subjects";
import { createLoadBalancer } from "@fairlead/load-balancer";
import { loadBalancerConfig } from "@fairlead/load-balancer/config";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import type { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { ExecutionService, type Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import { type Plan, type PlannedAttemptSchema, PlanSchema } from "@fairlead/contracts/execution/v1/plan";
import { createProviderSimulator, type ProviderSimulator } from "@fairlead/provider-simulator";
import type { Client, Handlers, ServiceDescriptor } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import type { Service } from "@fairlead/runtime/service";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import type { CircuitStore } from "@fairlead/state/circuit-store";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { Registry } from "prom-client";
import { type FallbackManagerConfig, fallbackManagerConfig } from "../config.ts";
import { createFallbackManager } from "../service.ts";

/** One process that carries out plans. */
export interface Replica {
  readonly client: Client<typeof ExecutionService>;
  readonly metrics: Registry;
  readonly service: Service;
}

/** Replicas on one bus and one store, with the real adapters in front of a simulator of their providers. */
export interface Bench extends AsyncDisposable {
  readonly client: Client<typeof ExecutionService>;
  readonly metrics: Registry;
  readonly simulator: ProviderSimulator;
  readonly bus: Bus;
  /** Every event so far, also those whose facts one asks for by kind. */
  readonly events: readonly Event[];
  facts<K extends NonNullable<Event["fact"]["case"]>>(kind: K): Extract<Event["fact"], { case: K }>["value"][];
  /** One more replica. */
  start(changes?: Partial<FallbackManagerConfig>): Promise<Replica>;
  /** One more adapter, which answers as it is told. */
  serve(provider: string, handlers: Partial<Handlers<typeof AdapterService>>): Promise<void>;
}

/** Starts them. What is not changed of the configuration has its default. */
export async function startBench(changes: Partial<FallbackManagerConfig> = {}, wrapStore: (store: CircuitStore) => CircuitStore = (store) => store): Promise<Bench> {
  const simulator = createProviderSimulator({ speed: 0 });
  await simulator.listen();
  const bus = createLocalBus();
  const state = openEmbeddedState({ file: ":memory:" });
  const store = wrapStore(state.circuits);
  const logger = createLogger("silent");
  const adapters = new Map<string, Service>();
  const dependencies = (name: string) => ({ tools: createTools(name, logger, new Registry()), bus, instance: name });
  const { openai, anthropic, google } = simulator.baseUrls;
  adapters.set("openai", createAdapterOpenai({ ...testConfig(openai), organization: "", project: "" } as never, dependencies("openai")));
  adapters.set("anthropic", createAdapterAnthropic(testConfig(anthropic) as never, dependencies("anthropic")));
  adapters.set("google", createAdapterGoogle(testConfig(google) as never, dependencies("google")));
  const events: Event[] = [];
  for (const pattern of [patterns.attemptFinished, patterns.circuitChanged, patterns.loadReported]) bus.subscribe(pattern, (told) => void events.push(...told));
  bus.consume({ name: "test", subject: patterns.costIncurred }, async (told) => void events.push(...told));
  const balancer = createLoadBalancer(readConfig(loadBalancerConfig, {}), {
    tools: createTools("load-balancer", logger, new Registry()),
    bus,
    quotas: state.quotas,
  });
  const services: Service[] = [balancer];
  const announcements: Announcement[] = [];
  let instances = 0;
  const start = async (more: Partial<FallbackManagerConfig> = {}): Promise<Replica> => {
    const metrics = new Registry();
    instances += 1;
    const service = await createFallbackManager(
      { ...readConfig(fallbackManagerConfig, {}), ...changes, ...more },
      {
        tools: createTools("fallback-manager", logger, metrics),
        bus,
        circuits: store,
        instance: `replica-${instances}`,
        balancing: clientOf(balancer, BalancingService),
        openAdapter: (provider) => ({ client: clientOf(adapters.get(provider) as Service, AdapterService), close: () => undefined }),
      },
    );
    services.push(service);
    // It has asked who is there, and they answer in a turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { client: clientOf(service, ExecutionService), metrics, service };
  };
  const first = await start();
  for (const [name, adapter] of adapters) adapter.listening?.(`local:${name}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    ...first,
    simulator,
    bus,
    events,
    async serve(provider, handlers) {
      adapters.set(provider, { implementations: [{ service: AdapterService, handlers }], ready: () => true, close: async () => undefined } as unknown as Service);
      const description = create(ProviderDescriptionSchema, { provider, telemetryName: provider, address: `local:${provider}` });
      announcements.push(announceAdapter({ description }, { bus, now: Date.now, newId: () => `${provider}-${Math.random()}` }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    facts: (kind) => events.flatMap(({ fact }) => (fact.case === kind ? [fact.value as never] : [])),
    start,
    async [Symbol.asyncDispose]() {
      for (const announced of announcements) await announced.close();
      for (const service of services.toReversed()) await service.close();
      for (const adapter of adapters.values()) await adapter.close();
      await bus.close();
      await state.close();
      await simulator.close();
    },
  };
}

/** A client of a service in this process. */
export function clientOf<S extends ServiceDescriptor>(owner: Service, service: S): Client<S> {
  const found = owner.implementations.find((one) => one.service.typeName === service.typeName);
  return localClient(service, found?.handlers as unknown as Handlers<S>);
}

/** Targets that the simulator answers for, the first of each provider. */
export const OPENAI = { provider: "openai", model: "gpt-4o" };
export const OPENAI_MINI = { provider: "openai", model: "gpt-4o-mini" };
export const ANTHROPIC = { provider: "anthropic", model: "claude-haiku-4-5" };
export const GOOGLE = { provider: "google", model: "gemini-2.5-flash" };

/** A dollar for a million tokens in, two for a million out. */
const PRICE = { input: 1_000_000_000n, output: 2_000_000_000n };

/** A plan over targets; each costs the same. */
export function planOf(targets: readonly MessageInitShape<typeof PlannedAttemptSchema>[], more: Omit<MessageInitShape<typeof PlanSchema>, "attempts"> = {}): Plan {
  const attempts = targets.map((target) => ({ tier: "primary", price: { ...PRICE, provider: target.provider ?? "", model: target.model ?? "" }, ...target }));
  const plan = { ...more, attempts, limits: { totalMs: 20_000, maxAttempts: 6, ...more.limits } };
  return create(PlanSchema, plan as MessageInitShape<typeof PlanSchema>);
}

let requests = 0;

/** A request for an answer. */
export function ask(plan: Plan, text = "Tell me about harbours.", more: Partial<MessageInitShape<typeof ChatRequestSchema>> = {}, account: object = {}) {
  requests += 1;
  return {
    account: { requestId: `request-${requests}`, tenant: "test", strategy: "cost", ...account },
    plan,
    chat: { model: "auto", messages: [{ role: Role.USER, parts: [{ content: { case: "text" as const, value: { text } } }] }], ...more },
  };
}

/** Reads a stream: its text, what came last, and what was thrown. */
export async function readStream(client: Client<typeof ExecutionService>, request: ReturnType<typeof ask>, signal?: AbortSignal) {
  const read = { text: "", messages: 0, outcome: undefined as Outcome | undefined, thrown: undefined as unknown };
  try {
    for await (const { deltas, outcome } of client.executeStream(request as never, { signal })) {
      read.messages += 1;
      for (const { step } of deltas) if (step.case === "text") read.text += step.value;
      read.outcome = outcome ?? read.outcome;
    }
  } catch (error) {
    read.thrown = error;
  }
  return read;
}
