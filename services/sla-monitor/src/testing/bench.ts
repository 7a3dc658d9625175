import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import type { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AdapterAnnouncedSchema, type AlertChanged, AlertChangedSchema, AttemptFinishedSchema, type Event, type HealthChanged } from "@fairlead/contracts/events/v1/event";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { Registry } from "prom-client";
import { type SlaMonitorConfig, slaMonitorConfig } from "../config.ts";
import { createSlaMonitor } from "../service.ts";

/** A clock that stands still until it is moved. */
export interface ManualClock {
  now: number;
}

/** What replicas share: a bus, a store, a clock, and adapters whose provider answers or not. */
export interface Ground {
  readonly bus: Bus;
  readonly state: EmbeddedState;
  readonly clock: ManualClock;
  readonly alerts: AlertChanged[];
  readonly health: HealthChanged[];
  readonly budgets: MessageInitShape<typeof BudgetStateSchema>[];
  /** How checks of a provider fail. */
  readonly broken: Map<string, ErrorCode>;
  announce(provider: string, models: string[]): void;
  attempts(count: number, facts: MessageInitShape<typeof AttemptFinishedSchema>): void;
  /** Tells an alert as another service does. */
  tell(facts: MessageInitShape<typeof AlertChangedSchema>): void;
  close(): Promise<void>;
}

/** A running sla-monitor. */
export interface Replica {
  readonly client: Client<typeof SlaService>;
  readonly metrics: Registry;
  /** The newest health by "provider/model", once it is as wanted. */
  until(wanted: (targets: Map<string, TargetHealth>) => boolean): Promise<Map<string, TargetHealth>>;
  close(): Promise<void>;
}

/** What a replica is started with beside its defaults. */
export interface ReplicaOptions {
  readonly config?: Partial<SlaMonitorConfig>;
  readonly secrets?: ReadonlyMap<string, string>;
  readonly instance?: string;
}

let instances = 0;

/** Makes what replicas share. */
export function layGround(): Ground {
  const clock = { now: Math.floor(Date.now() / 60_000) * 60_000 };
  const bus = createLocalBus();
  const state = openEmbeddedState({ file: ":memory:" });
  const alerts: AlertChanged[] = [];
  const health: HealthChanged[] = [];
  bus.subscribe(patterns.alertChanged, (events) => {
    for (const { fact } of events) if (fact.case === "alertChanged") alerts.push(fact.value);
  });
  bus.subscribe(patterns.healthChanged, (events) => {
    for (const { fact } of events) if (fact.case === "healthChanged") health.push(fact.value);
  });
  let events = 0;
  const publish = (subject: string, fact: Event["fact"]) =>
    bus.publish(subject, newEvent({ id: `event ${(events += 1)}`, source: "test", now: clock.now }, fact));
  return {
    bus,
    state,
    clock,
    alerts,
    health,
    budgets: [],
    broken: new Map(),
    announce(provider, models) {
      const description = { provider, address: `in-process:${provider}`, models: models.map((model) => ({ model })) };
      publish(subjects.adapterAnnounced(provider), { case: "adapterAnnounced", value: create(AdapterAnnouncedSchema, { description }) });
    },
    attempts(count, facts) {
      for (let call = 0; call < count; call += 1) {
        const value = create(AttemptFinishedSchema, facts);
        publish(subjects.attemptFinished(value.provider), { case: "attemptFinished", value });
      }
    },
    tell(facts) {
      const value = create(AlertChangedSchema, facts);
      publish(subjects.alertChanged(value.severity), { case: "alertChanged", value });
    },
    async close() {
      await bus.close();
      await state.close();
    },
  };
}

/** Starts a replica and waits until it has taken up what was kept. */
export async function startReplica(ground: Ground, options: ReplicaOptions = {}): Promise<Replica> {
  const { bus, state, clock, broken } = ground;
  const metrics = new Registry();
  const config = { ...readConfig(slaMonitorConfig, {}), reviewMs: 5, ...options.config };
  const tools = { ...createTools("sla-monitor", createLogger("silent"), metrics), now: () => clock.now };
  const openAdapter = (provider: string) => ({ client: adapterOf(provider, broken), close: () => undefined });
  const cost = () => ({ listBudgets: async () => ({ budgets: ground.budgets }) }) as unknown as Client<typeof CostService>;
  const instance = options.instance ?? `replica-${(instances += 1)}`;
  const dependencies = { tools, bus, records: state.records, openAdapter, cost, secrets: options.secrets ?? new Map(), instance };
  const service = createSlaMonitor(config, dependencies);
  const client = localClient(SlaService, service.implementations[0]?.handlers as unknown as Handlers<typeof SlaService>);
  await eventually(() => service.ready());
  return { client, metrics, until: (wanted) => follow(client, wanted), close: () => service.close() };
}

function adapterOf(provider: string, broken: ReadonlyMap<string, ErrorCode>): Client<typeof AdapterService> {
  const probe = async () => {
    const code = broken.get(provider);
    if (code !== undefined) throw failure(code, "The provider does not answer.");
    return { durationMs: 1 };
  };
  return { probe } as unknown as Client<typeof AdapterService>;
}

async function follow(client: Client<typeof SlaService>, wanted: (targets: Map<string, TargetHealth>) => boolean): Promise<Map<string, TargetHealth>> {
  const targets = new Map<string, TargetHealth>();
  for await (const message of client.watchHealth({}, { signal: AbortSignal.timeout(8_000) })) {
    if (message.snapshot) targets.clear();
    for (const target of message.targets) targets.set(`${target.provider}/${target.model}`, target);
    if (wanted(targets)) return targets;
  }
  throw new Error("the stream ended before the health was as wanted");
}

/** Waits for a condition, looking every few milliseconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what = "the condition"): Promise<void> {
  const giveUpAt = Date.now() + 8_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`${what} was not met`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Moves the clock in steps, each of which is looked at: time passes as it does for who looks all the time. */
export async function pass(ground: Ground, milliseconds: number, stepMs = 1_000): Promise<void> {
  const end = ground.clock.now + milliseconds;
  while (ground.clock.now < end) {
    ground.clock.now = Math.min(end, ground.clock.now + stepMs);
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
}
