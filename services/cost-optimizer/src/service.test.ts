import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { BudgetSchema, BudgetWindow, type Hold, HoldSchema, type Lease } from "@fairlead/contracts/cost/v1/budget";
import { CostService, SpendDimension, type WatchCostResponse } from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AdapterAnnouncedSchema, CostIncurredSchema, type Event } from "@fairlead/contracts/events/v1/event";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import type { Service } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { StateError } from "@fairlead/state/state-error";
import { Registry } from "prom-client";
import { type CostOptimizerConfig, costOptimizerConfig } from "./config.ts";
import { createCostOptimizer } from "./service.ts";

const NOON = Date.parse("2026-03-04T12:00:00Z");

interface Bench {
  readonly client: Client<typeof CostService>;
  readonly service: Service;
  readonly state: EmbeddedState;
  readonly metrics: Registry;
  readonly bus: Bus;
  readonly clock: { now: number };
  /** A store that does not answer, while true. */
  readonly store: { broken: boolean };
  readonly dead: Event[];
  /** Tells what a request cost. */
  tell(eventId: string, costNanoUsd: bigint, holds?: Hold[]): Promise<void>;
  announce(model: string, ...prices: MessageInitShape<typeof ModelPriceSchema>[]): void;
  counter(name: string): Promise<number>;
}

const benches: Bench[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) {
    await bench.service.close();
    await bench.bus.close();
    await bench.state.close();
  }
});

async function startBench(changes: Partial<CostOptimizerConfig> = {}): Promise<Bench> {
  const clock = { now: NOON };
  const store = { broken: false };
  const dead: Event[] = [];
  const metrics = new Registry();
  const bus = createLocalBus({ redeliveryMs: 5, maxDeliveries: 20, onDeadLetter: (_subject, events) => dead.push(...events) });
  const state = openEmbeddedState({ file: ":memory:", now: () => clock.now });
  const tools = { ...createTools("cost-optimizer", createLogger("silent"), metrics), now: () => clock.now };
  const config = { ...readConfig(costOptimizerConfig, {}), refreshMs: 10, pollMs: 20, sweepMs: 20, ...changes };
  const ledger = breakable(state.ledger, store);
  const service = createCostOptimizer(config, { tools, bus, ledger, spend: state.spend });
  const handlers = service.implementations[0]?.handlers as unknown as Handlers<typeof CostService>;
  const bench: Bench = {
    client: localClient(CostService, handlers, { validated: true }),
    service,
    state,
    metrics,
    bus,
    clock,
    store,
    dead,
    tell(eventId, costNanoUsd, holds = []) {
      const usage = { inputTokens: 10, outputTokens: 5 };
      const lines = [{ provider: "openai", model: "large", costNanoUsd, usage }];
      const value = create(CostIncurredSchema, { tenant: "acme", user: "ann", lines, holds, succeeded: true });
      const event = newEvent({ id: eventId, source: "test", now: clock.now }, { case: "costIncurred", value });
      return bus.publishDurable(subjects.costIncurred("acme"), event);
    },
    announce(model, ...prices) {
      const own = prices.map((price) => ({ provider: "openai", model, ...price }));
      const value = create(AdapterAnnouncedSchema, { description: { provider: "openai", models: [{ model, prices: own }] } });
      const event = newEvent({ id: tools.newId(), source: "test", now: clock.now }, { case: "adapterAnnounced", value });
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

describe("the cost-optimizer", () => {
  it("hands out a lease, settles what a request cost and lists the books", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const { lease } = await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    expect(lease).toMatchObject({ budgetId: "b", amountNanoUsd: 200n, validFor: { seconds: 30n } });
    await bench.tell("e", 40n, [holdOn(lease, 50n)]);
    await bench.client.returnLease({ budgetId: "b", leaseId: lease?.leaseId ?? "", unusedNanoUsd: 150n });
    await until(async () => (await books(bench)).settledNanoUsd === 40n);
    expect(await books(bench)).toMatchObject({ leasedNanoUsd: 0n, overrunNanoUsd: 0n });
    await bench.client.returnLease({ budgetId: "b", leaseId: lease?.leaseId ?? "", unusedNanoUsd: 150n });
    expect((await books(bench)).leasedNanoUsd).toBe(0n);
  });

  it("settles an event that comes ten times once, and counts the others", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    bench.announce("large", { input: 1n });
    const { lease } = await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    for (let each = 0; each < 10; each++) await bench.tell("e", 40n, [holdOn(lease, 50n)]);
    await until(async () => (await bench.counter("fairlead_settle_duplicates_total")) === 9);
    expect(await books(bench)).toMatchObject({ settledNanoUsd: 40n, leasedNanoUsd: 150n });
    const spend = await bench.client.getSpend({ groupBy: SpendDimension.MODEL });
    expect(spend).toMatchObject({ totalNanoUsd: 40n, rows: [{ key: "openai/large", requests: 1n, inputTokens: 10n }] });
    expect(await bench.counter("fairlead_cost_usd_total")).toBeCloseTo(40e-9, 15);
  });

  it("keeps events until the store is back, and loses and doubles none", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const { lease } = await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    bench.store.broken = true;
    for (let each = 0; each < 5; each++) await bench.tell(`e${each}`, 10n, [holdOn(lease, 20n)]);
    const refused = bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 1n, wantedNanoUsd: 1n });
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.UNAVAILABLE, detail: { retryable: true } });
    bench.store.broken = false;
    await until(async () => (await books(bench)).settledNanoUsd === 50n);
    expect((await books(bench)).leasedNanoUsd).toBe(100n);
    expect(bench.dead).toEqual([]);
  });

  it("leaves out an event that can never be settled, and settles those beside it", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const { lease } = await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    const poison = [bench.tell("p1", -5n), bench.tell("p2", 2n ** 62n), bench.tell("", 5n), bench.tell("x".repeat(300), 5n)];
    await Promise.all([...poison, bench.tell("e", 40n, [holdOn(lease, 50n)])]);
    await until(async () => (await books(bench)).settledNanoUsd === 40n);
    expect(await bench.counter("fairlead_cost_events_malformed_total")).toBe(4);
    expect(bench.dead).toEqual([]);
  });

  it("refuses a lease with a hint when holds may come back, and until the window ends when not", async () => {
    const bench = await startBench();
    await putBudget(bench, 100n);
    const all = { budgetId: "b", holder: "r", minimumNanoUsd: 100n, wantedNanoUsd: 100n };
    const { lease } = await bench.client.acquireLease(all);
    await expect(bench.client.acquireLease(all)).rejects.toMatchObject({
      code: ErrorCode.BUDGET_EXCEEDED,
      detail: { retryable: true, retryAfter: { seconds: 0n, nanos: 250_000_000 } },
    });
    await bench.tell("e", 100n, [holdOn(lease, 100n)]);
    await until(async () => (await books(bench)).settledNanoUsd === 100n);
    await expect(bench.client.acquireLease(all)).rejects.toMatchObject({
      code: ErrorCode.BUDGET_EXCEEDED,
      detail: { retryable: false, retryAfter: { seconds: 43_200n } },
    });
    const grants = (await bench.metrics.getSingleMetric("fairlead_lease_grants_total")?.get())?.values;
    expect(grants?.map(({ labels, value }) => [labels.outcome, value])).toEqual([["granted", 1], ["refused", 2]]);
  });

  it("has no leases of unknown budgets and of those that bound single requests", async () => {
    const bench = await startBench();
    await putBudget(bench, 100n, { window: BudgetWindow.REQUEST });
    const ask = (budgetId: string) => bench.client.acquireLease({ budgetId, holder: "r", minimumNanoUsd: 1n, wantedNanoUsd: 1n });
    await expect(ask("b")).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    await expect(ask("c")).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND });
  });

  it("sweeps leases that nobody returned", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    expect((await books(bench)).leasedNanoUsd).toBe(200n);
    bench.clock.now += 630_000;
    await until(async () => (await bench.counter("fairlead_leases_swept_total")) === 1);
    expect((await books(bench)).leasedNanoUsd).toBe(0n);
  });

  it("quotes at the price that holds now, and an unknown price is an error", async () => {
    const bench = await startBench();
    const usage = { inputTokens: 1_000, outputTokens: 1_000 };
    const ask = () => bench.client.quote({ provider: "openai", model: "large", usage });
    await expect(ask()).rejects.toMatchObject({ code: ErrorCode.MODEL_NOT_FOUND });
    bench.announce(
      "large",
      { input: 3_000_000_000n, output: 15_000_000_000n },
      { input: 2_000_000_000n, output: 10_000_000_000n, effectiveFrom: timestampFromMs(NOON + 1_000) },
    );
    await until(async () => (await ask().catch(() => undefined)) !== undefined);
    expect((await ask()).costNanoUsd).toBe(18_000_000n);
    bench.clock.now += 1_000;
    expect(await ask()).toMatchObject({ costNanoUsd: 12_000_000n, price: { input: 2_000_000_000n } });
  });

  it("takes no price that is negative or another provider's", async () => {
    const bench = await startBench();
    bench.announce("large", { input: 5n });
    bench.announce("large", { input: -5n });
    bench.announce("large", { provider: "anthropic", input: 7n });
    bench.announce("last", { input: 1n });
    const ask = (model: string) => bench.client.quote({ provider: "openai", model, usage: {} });
    await until(async () => (await ask("last").catch(() => undefined)) !== undefined);
    expect((await ask("large")).price?.input).toBe(5n);
  });

  it("streams a snapshot, then changes of budgets and prices, with rising versions", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const watch = follow(bench);
    const [first] = await watch.next((messages) => messages.length > 0);
    expect(first).toMatchObject({ snapshot: true, budgets: [{ budget: { budgetId: "b" } }], prices: [] });
    bench.announce("large", { input: 5n }, { input: 6n, effectiveFrom: timestampFromMs(NOON) });
    await watch.next((messages) => messages.some(({ prices }) => prices.length === 2));
    await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 10n, wantedNanoUsd: 200n });
    await watch.next((messages) => messages.some(({ budgets }) => budgets.some(({ leasedNanoUsd }) => leasedNanoUsd === 200n)));
    await bench.client.deleteBudget({ budgetId: "b" });
    const all = await watch.next((messages) => messages.some(({ removedBudgetIds }) => removedBudgetIds.includes("b")));
    const versions = all.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => (a < b ? -1 : 1)));
    expect(all.filter(({ snapshot }) => snapshot)).toHaveLength(1);
    await watch.stop();
    const again = follow(bench);
    expect((await again.next((messages) => messages.length > 0))[0]).toMatchObject({ budgets: [], prices: [{ input: 5n }, { input: 6n }] });
    await again.stop();
  });

  it("tells a watcher what another replica changed in the ledger", async () => {
    const bench = await startBench();
    const watch = follow(bench);
    await watch.next((messages) => messages.length > 0);
    await bench.state.ledger.putBudget(budgetOf(5n));
    await watch.next((messages) => messages.some(({ budgets }) => budgets[0]?.budget?.limitNanoUsd === 5n));
    await watch.stop();
  });

  it("tells nobody about budgets before it has read them", async () => {
    const bench = await startBench();
    bench.store.broken = true;
    const ports = { tools: { ...createTools("x", createLogger("silent"), new Registry()), now: () => NOON }, bus: createLocalBus() };
    const config = { ...readConfig(costOptimizerConfig, {}), refreshMs: 10 };
    const ledger = breakable(bench.state.ledger, bench.store);
    const late = createCostOptimizer(config, { ...ports, ledger, spend: bench.state.spend });
    const handlers = late.implementations[0]?.handlers as unknown as Handlers<typeof CostService>;
    const watch = localClient(CostService, handlers).watchCost({})[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toMatchObject({ code: ErrorCode.UNAVAILABLE });
    expect(late.ready()).toBe(false);
    bench.store.broken = false;
    await until(() => late.ready());
    await late.close();
  });

  it("puts the configured budgets, and again when the store has lost them", async () => {
    const bench = await startBench({ budgets: [budgetOf(7n)] });
    expect((await books(bench)).budget?.limitNanoUsd).toBe(7n);
    await expect(bench.client.deleteBudget({ budgetId: "b" })).rejects.toMatchObject({ code: ErrorCode.CONFLICT });
    await bench.state.ledger.deleteBudget("b", NOON);
    await until(async () => (await bench.client.listBudgets({})).budgets.length === 1);
  });

  it("lists the budgets of one tenant", async () => {
    const bench = await startBench();
    await putBudget(bench, 1n);
    const { window, limitNanoUsd } = budgetOf(1n);
    await bench.client.putBudget({ budget: { budgetId: "c", scope: { tenant: "umbrella" }, window, limitNanoUsd } });
    const ids = async (tenant: string) => (await bench.client.listBudgets({ tenant })).budgets.map(({ budget }) => budget?.budgetId);
    expect(await ids("")).toEqual(["b", "c"]);
    expect(await ids("umbrella")).toEqual(["c"]);
  });

  it("raises an alert once when a budget reaches a threshold", async () => {
    const bench = await startBench();
    const heard: string[] = [];
    bench.bus.subscribe(patterns.alertChanged, (events) => {
      for (const { fact } of events) if (fact.case === "alertChanged") heard.push(`${fact.value.alertId} ${fact.value.severity}`);
    });
    await putBudget(bench, 100n);
    const { lease } = await bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 90n, wantedNanoUsd: 90n });
    await bench.tell("e1", 55n, [holdOn(lease, 60n)]);
    await until(() => heard.length === 1);
    await bench.tell("e2", 20n, [holdOn(lease, 30n)]);
    await until(() => heard.length === 2);
    expect(heard).toEqual(["budget/b/50 info", "budget/b/70 warning"]);
    expect(await bench.counter("fairlead_budget_settled_ratio")).toBeCloseTo(0.75);
  });

  it("refuses a span of spend that ends before it starts or is too long", async () => {
    const bench = await startBench();
    const at = (ms: number) => timestampFromMs(ms);
    const early = bench.client.getSpend({ start: at(NOON), end: at(NOON - 1) });
    await expect(early).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    const long = bench.client.getSpend({ start: at(0), end: at(NOON) });
    await expect(long).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
  });
});

function budgetOf(limitNanoUsd: bigint) {
  return create(BudgetSchema, { budgetId: "b", scope: { tenant: "acme" }, window: BudgetWindow.DAY, limitNanoUsd });
}

async function putBudget(bench: Bench, limitNanoUsd: bigint, changes: { window?: BudgetWindow } = {}): Promise<void> {
  const { budget } = await bench.client.putBudget({ budget: { ...budgetOf(limitNanoUsd), ...changes } });
  expect(budget?.budget?.limitNanoUsd).toBe(limitNanoUsd);
}

async function books(bench: Bench) {
  const [state] = (await bench.client.listBudgets({})).budgets;
  if (state === undefined) throw new Error("there is no budget");
  return state;
}

function holdOn(lease: Lease | undefined, amountNanoUsd: bigint): Hold {
  const { leaseId = "", budgetId = "" } = lease ?? {};
  return create(HoldSchema, { leaseId, budgetId, windowStartUnixSeconds: lease?.windowStart?.seconds ?? 0n, amountNanoUsd });
}

/** A ledger whose settling, granting and reading fail while the store is broken. */
function breakable(ledger: BudgetLedger, store: { broken: boolean }): BudgetLedger {
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
function follow(bench: Bench) {
  const ended = new AbortController();
  const messages: WatchCostResponse[] = [];
  const reading = (async () => {
    for await (const message of bench.client.watchCost({}, { signal: ended.signal })) messages.push(message);
  })();
  return {
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

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error("what was waited for did not happen");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
