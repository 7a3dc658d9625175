import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { CostService, SpendDimension, SpendPeriod } from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { Registry } from "prom-client";
import { costOptimizerConfig } from "./config.ts";
import { createCostOptimizer } from "./service.ts";
import {
  books,
  breakable,
  budgetOf,
  closeBenches,
  follow,
  holdOn,
  NOON,
  putBudget,
  startBench,
  until,
} from "./testing/bench.ts";

afterEach(closeBenches);

describe("the cost-optimizer", () => {
  it("hands out a lease, settles what a request cost and lists the books", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const { lease } = await bench.client.acquireLease({
      budgetId: "b",
      holder: "r",
      minimumNanoUsd: 10n,
      wantedNanoUsd: 200n,
    });
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
    const { lease } = await bench.client.acquireLease({
      budgetId: "b",
      holder: "r",
      minimumNanoUsd: 10n,
      wantedNanoUsd: 200n,
    });
    for (let each = 0; each < 10; each++) await bench.tell("e", 40n, [holdOn(lease, 50n)]);
    await until(async () => (await bench.counter("fairlead_settle_duplicates_total")) === 9);
    expect(await books(bench)).toMatchObject({ settledNanoUsd: 40n, leasedNanoUsd: 150n });
    const spend = await bench.client.getSpend({ groupBy: SpendDimension.MODEL });
    expect(spend).toMatchObject({ totalNanoUsd: 40n, rows: [{ key: "openai/large", requests: 1n, inputTokens: 10n }] });
    expect(await bench.counter("fairlead_cost_usd_total")).toBeCloseTo(40e-9, 15);
  });

  it("charges the budget of a provider only what was called there, after a fallback", async () => {
    const bench = await startBench();
    const holds = [];
    for (const [budgetId, provider] of [
      ["o", "openai"],
      ["a", "azure"],
      ["t", ""],
    ] as const) {
      await bench.client.putBudget({
        budget: { budgetId, scope: { tenant: "acme", provider }, window: BudgetWindow.DAY, limitNanoUsd: 1_000n },
      });
      const { lease } = await bench.client.acquireLease({
        budgetId,
        holder: "r",
        minimumNanoUsd: 100n,
        wantedNanoUsd: 100n,
      });
      holds.push(holdOn(lease, 100n));
    }
    const lines = [
      { provider: "openai", model: "large", costNanoUsd: 7n },
      { provider: "azure", model: "large", costNanoUsd: 30n },
    ];
    await bench.tell("e", 0n, holds, { lines });
    const settled = async () =>
      (await bench.client.listBudgets({})).budgets.map(({ budget, settledNanoUsd }) => [
        budget?.budgetId,
        settledNanoUsd,
      ]);
    await until(async () => (await settled()).every(([, amount]) => amount !== 0n));
    expect(await settled()).toEqual([
      ["a", 30n],
      ["o", 7n],
      ["t", 37n],
    ]);
    expect((await bench.client.listBudgets({})).budgets.map(({ leasedNanoUsd }) => leasedNanoUsd)).toEqual([
      0n,
      0n,
      0n,
    ]);
  });

  it("keeps events until the store is back, and loses and doubles none", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const { lease } = await bench.client.acquireLease({
      budgetId: "b",
      holder: "r",
      minimumNanoUsd: 10n,
      wantedNanoUsd: 200n,
    });
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
    const { lease } = await bench.client.acquireLease({
      budgetId: "b",
      holder: "r",
      minimumNanoUsd: 10n,
      wantedNanoUsd: 200n,
    });
    const poison = [
      bench.tell("p1", -5n),
      bench.tell("p2", 2n ** 62n),
      bench.tell("", 5n),
      bench.tell("x".repeat(300), 5n),
    ];
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
    expect(grants?.map(({ labels, value }) => [labels.outcome, value])).toEqual([
      ["granted", 1],
      ["refused", 2],
    ]);
  });

  it("has no leases of unknown budgets and of those that bound single requests", async () => {
    const bench = await startBench();
    await putBudget(bench, 100n, { window: BudgetWindow.REQUEST });
    const ask = (budgetId: string) =>
      bench.client.acquireLease({ budgetId, holder: "r", minimumNanoUsd: 1n, wantedNanoUsd: 1n });
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

  it("quotes what the length of a prompt makes of a price, and tells the steps", async () => {
    const bench = await startBench();
    const longPrompt = [{ aboveTokens: 1_000, input: 6_000_000_000n, output: 30_000_000_000n }];
    bench.announce("large", { input: 3_000_000_000n, output: 15_000_000_000n, longPrompt });
    const ask = (usage: { inputTokens: number; cacheReadTokens?: number }) =>
      bench.client.quote({ provider: "openai", model: "large", usage: { ...usage, outputTokens: 1_000 } });
    await until(async () => (await ask({ inputTokens: 1 }).catch(() => undefined)) !== undefined);
    expect(await ask({ inputTokens: 1_000 })).toMatchObject({ costNanoUsd: 18_000_000n, price: { longPrompt } });
    expect((await ask({ inputTokens: 1, cacheReadTokens: 1_000 })).costNanoUsd).toBe(36_006_000n);
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
    await watch.next((messages) =>
      messages.some(({ budgets }) => budgets.some(({ leasedNanoUsd }) => leasedNanoUsd === 200n)),
    );
    await bench.client.deleteBudget({ budgetId: "b" });
    const all = await watch.next((messages) => messages.some(({ removedBudgetIds }) => removedBudgetIds.includes("b")));
    const versions = all.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => (a < b ? -1 : 1)));
    expect(all.filter(({ snapshot }) => snapshot)).toHaveLength(1);
    await watch.stop();
    const again = follow(bench);
    expect((await again.next((messages) => messages.length > 0))[0]).toMatchObject({
      budgets: [],
      prices: [{ input: 5n }, { input: 6n }],
    });
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
    const ports = {
      tools: { ...createTools("x", createLogger("silent"), new Registry()), now: () => NOON },
      bus: createLocalBus(),
    };
    const config = { ...readConfig(costOptimizerConfig, {}), refreshMs: 10 };
    const ledger = breakable(bench.state.ledger, bench.store);
    const late = createCostOptimizer(config, { ...bench.state, ...ports, ledger });
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
    const ids = async (tenant: string) =>
      (await bench.client.listBudgets({ tenant })).budgets.map(({ budget }) => budget?.budgetId);
    expect(await ids("")).toEqual(["b", "c"]);
    expect(await ids("umbrella")).toEqual(["c"]);
  });

  it("lists spend by label and period with what was saved, and says from when on it is kept", async () => {
    const bench = await startBench();
    await bench.tell("e1", 40n, [], { tags: ["night"], dearestCostNanoUsd: 100n, requestedCostNanoUsd: 50n });
    bench.clock.now += 3_600_000;
    await bench.tell("e2", 60n, [], { tags: ["night", "batch"] });
    const ask = () => bench.client.getSpend({ groupBy: SpendDimension.TAG, period: SpendPeriod.HOUR });
    await until(async () => (await ask()).totalNanoUsd === 100n);
    const { rows, keptFrom } = await ask();
    const at = (ms: number) => timestampFromMs(ms).seconds;
    expect(rows.map((row) => [row.periodStart?.seconds, row.key, row.costNanoUsd])).toEqual([
      [at(NOON), "night", 40n],
      [at(NOON + 3_600_000), "batch", 60n],
      [at(NOON + 3_600_000), "night", 60n],
    ]);
    expect(rows[0]).toMatchObject({
      savedAgainstDearestNanoUsd: 60n,
      comparedWithDearest: 1n,
      savedAgainstRequestedNanoUsd: 10n,
      costPerSuccessNanoUsd: 40n,
    });
    expect(keptFrom?.seconds).toBe(at(bench.clock.now - 92 * 86_400_000));
    const { rows: batch } = await bench.client.getSpend({ tag: "batch" });
    expect(batch).toMatchObject([{ key: "", costNanoUsd: 60n }]);
    expect(batch[0]?.periodStart).toBeUndefined();
  });

  it("refuses a budget whose fields do not go together, and names the field", async () => {
    const bench = await startBench();
    const put = bench.client.putBudget({ budget: { ...budgetOf(5n), alertPercents: [70, 50] } });
    await expect(put).rejects.toMatchObject({
      code: ErrorCode.INVALID_REQUEST,
      detail: { violations: [{ field: "budget.alert_percents" }] },
    });
    expect((await bench.client.listBudgets({})).budgets).toEqual([]);
  });

  it("counts and times the operations of the ledger", async () => {
    const bench = await startBench();
    await putBudget(bench, 1_000n);
    const values = (await bench.metrics.getSingleMetric("fairlead_ledger_operations_total")?.get())?.values ?? [];
    expect(values).toContainEqual({ labels: { operation: "put_budget", outcome: "done" }, value: 1 });
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
