import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { BudgetSchema, BudgetWindow, type Hold, HoldSchema, type Lease } from "@fairlead/contracts/cost/v1/budget";
import { CostService, type WatchCostResponse } from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import {
  AdapterAnnouncedSchema,
  type AlertChanged,
  CostIncurredSchema,
  type Event,
} from "@fairlead/contracts/events/v1/event";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import type { Service } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import type { RedisState } from "@fairlead/state/open-redis-state";
import { StateError } from "@fairlead/state/state-error";
import { Registry } from "prom-client";
import { type CostOptimizerConfig, costOptimizerConfig } from "../config.ts";
import { createCostOptimizer } from "../service.ts";

export const NOON = Date.parse("2026-03-04T12:00:00Z");

/** Where a bench keeps its state. */
export type State = EmbeddedState | RedisState;

/** A cost-optimizer on embedded state, with a clock that a test moves. */
export interface Bench {
  readonly client: Client<typeof CostService>;
  readonly replay: Client<typeof ReplayService>;
  readonly service: Service;
  /** True when its state and bus are another bench's. */
  readonly shares: boolean;
  readonly state: State;
  readonly metrics: Registry;
  readonly bus: Bus;
  readonly clock: { now: number };
  /** A store that does not answer, while true. */
  readonly store: { broken: boolean };
  readonly dead: Event[];
  /** Tells what a request cost. */
  tell(
    eventId: string,
    costNanoUsd: bigint,
    holds?: Hold[],
    more?: MessageInitShape<typeof CostIncurredSchema>,
  ): Promise<void>;
  announce(model: string, ...prices: MessageInitShape<typeof ModelPriceSchema>[]): void;
  counter(name: string): Promise<number>;
}

const benches: Bench[] = [];

/** Closes all benches; to be called after each test. */
export async function closeBenches(): Promise<void> {
  for (const bench of benches.splice(0).toReversed()) {
    await bench.service.close();
    if (bench.shares) continue;
    await bench.bus.close();
    await bench.state.close();
  }
}

/** Starts one; with a bench to share with, another replica on the same bus, and on the same state where it has none of its own. */
export async function startBench(
  changes: Partial<CostOptimizerConfig> = {},
  shared?: Bench,
  own?: State,
): Promise<Bench> {
  const clock = shared?.clock ?? { now: NOON };
  const store = { broken: false };
  const dead: Event[] = [];
  const metrics = new Registry();
  const bus =
    shared?.bus ??
    createLocalBus({ redeliveryMs: 5, maxDeliveries: 20, onDeadLetter: (_subject, events) => dead.push(...events) });
  const state = own ?? shared?.state ?? openEmbeddedState({ file: ":memory:", now: () => clock.now });
  const tools = { ...createTools("cost-optimizer", createLogger("silent"), metrics), now: () => clock.now };
  const config = { ...readConfig(costOptimizerConfig, {}), refreshMs: 10, pollMs: 20, sweepMs: 20, ...changes };
  const ledger = breakable(state.ledger, store);
  const service = createCostOptimizer(config, {
    tools,
    bus,
    ledger,
    spend: state.spend,
    notes: state.notes,
    decisions: state.decisions,
  });
  const handlersOf = (position: number) => service.implementations[position]?.handlers as unknown;
  const bench: Bench = {
    client: localClient(CostService, handlersOf(0) as Handlers<typeof CostService>, { validated: true }),
    replay: localClient(ReplayService, handlersOf(1) as Handlers<typeof ReplayService>, { validated: true }),
    shares: shared !== undefined,
    service,
    state,
    metrics,
    bus,
    clock,
    store,
    dead,
    tell(eventId, costNanoUsd, holds = [], more = {}) {
      const usage = { inputTokens: 10, outputTokens: 5 };
      const lines = [{ provider: "openai", model: "large", costNanoUsd, usage }];
      const value = create(CostIncurredSchema, { tenant: "acme", user: "ann", lines, holds, succeeded: true, ...more });
      const event = newEvent({ id: eventId, source: "test", now: clock.now }, { case: "costIncurred", value });
      return bus.publishDurable(subjects.costIncurred("acme"), event);
    },
    announce(model, ...prices) {
      const own = prices.map((price) => ({ provider: "openai", model, ...price }));
      const value = create(AdapterAnnouncedSchema, {
        description: { provider: "openai", models: [{ model, prices: own }] },
      });
      const event = newEvent(
        { id: tools.newId(), source: "test", now: clock.now },
        { case: "adapterAnnounced", value },
      );
      bus.publish(subjects.adapterAnnounced("openai"), event);
    },
    async counter(name) {
      const values = (await metrics.getSingleMetric(name)?.get())?.values ?? [];
      return values.reduce((sum, each) => sum + each.value, 0);
    },
  };
  benches.push(bench);
  await until(() => service.ready());
  return bench;
}

export function budgetOf(limitNanoUsd: bigint) {
  return create(BudgetSchema, { budgetId: "b", scope: { tenant: "acme" }, window: BudgetWindow.DAY, limitNanoUsd });
}

export async function putBudget(
  bench: Bench,
  limitNanoUsd: bigint,
  changes: { window?: BudgetWindow } = {},
): Promise<void> {
  const { budget } = await bench.client.putBudget({ budget: { ...budgetOf(limitNanoUsd), ...changes } });
  expect(budget?.budget?.limitNanoUsd).toBe(limitNanoUsd);
}

export async function books(bench: Bench) {
  const [state] = (await bench.client.listBudgets({})).budgets;
  if (state === undefined) throw new Error("there is no budget");
  return state;
}

export function holdOn(lease: Lease | undefined, amountNanoUsd: bigint): Hold {
  const { leaseId = "", budgetId = "" } = lease ?? {};
  return create(HoldSchema, {
    leaseId,
    budgetId,
    windowStartUnixSeconds: lease?.windowStart?.seconds ?? 0n,
    amountNanoUsd,
  });
}

/** A ledger whose settling, granting and reading fail while the store is broken. */
export function breakable(ledger: BudgetLedger, store: { broken: boolean }): BudgetLedger {
  const check = () => {
    if (store.broken) throw new StateError("unavailable", "the store is away");
  };
  return {
    putBudget: async (budget) => (check(), ledger.putBudget(budget)),
    deleteBudget: async (id, now) => (check(), ledger.deleteBudget(id, now)),
    listBudgets: async () => (check(), ledger.listBudgets()),
    states: async (now, ids) => (check(), ledger.states(now, ids)),
    grant: async (request) => (check(), ledger.grant(request)),
    returnLease: async (request) => (check(), ledger.returnLease(request)),
    settle: async (settlement) => (check(), ledger.settle(settlement)),
    sweep: async (now) => (check(), ledger.sweep(now)),
  };
}

/** Follows the stream of costs and keeps what came. */
export function follow(bench: Bench) {
  const ended = new AbortController();
  const messages: WatchCostResponse[] = [];
  const reading = (async () => {
    for await (const message of bench.client.watchCost({}, { signal: ended.signal })) messages.push(message);
  })();
  return {
    messages: messages as readonly WatchCostResponse[],
    async next(wanted: (messages: WatchCostResponse[]) => boolean): Promise<WatchCostResponse[]> {
      await until(() => wanted(messages));
      return messages;
    },
    async stop(): Promise<void> {
      ended.abort();
      await reading;
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error("what was waited for did not happen");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Keeps the alerts that are told on a bench's bus. */
export function listen(bench: Bench): AlertChanged[] {
  const heard: AlertChanged[] = [];
  bench.bus.subscribe(patterns.alertChanged, (events) => {
    for (const { fact } of events) if (fact.case === "alertChanged") heard.push(fact.value);
  });
  return heard;
}

/** Waits until each given bench has looked at its books a few times more. */
export async function turns(bench: Bench, count = 3): Promise<void> {
  const looked = async () => {
    const values = (await bench.metrics.getSingleMetric("fairlead_ledger_operations_total")?.get())?.values ?? [];
    return values.find(({ labels }) => labels["operation"] === "read_states")?.value ?? 0;
  };
  const from = await looked();
  await until(async () => (await looked()) >= from + count);
}
