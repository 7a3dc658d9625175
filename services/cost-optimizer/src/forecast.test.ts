import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Bench, books, budgetOf, closeBenches, holdOn, NOON, startBench, turns, until } from "./testing/bench.ts";

afterEach(closeBenches);

const HOUR = 3_600_000;
const MIDNIGHT = Date.parse("2026-03-04T00:00:00Z");
const DOLLAR = 1_000_000_000n;

describe("forecasts", () => {
  it("expect of a day that goes on as it began twice what half of it cost, and survive a new start", async () => {
    const bench = await startBench();
    bench.clock.now = MIDNIGHT;
    await bench.client.putBudget({ budget: { ...budgetOf(20n * DOLLAR) } });
    await turns(bench);
    await spendEvenly(bench, MIDNIGHT, 12, true);
    const forecast = async (one: Bench) => (await one.client.getForecast({ budgetId: "b" })).forecast;
    const again = await startBench({}, bench);
    for (const one of [bench, again]) {
      await until(async () => Number((await forecast(one))?.expectedNanoUsd ?? 0n) > 22e9);
      const found = await forecast(one);
      expect(Number(found?.expectedNanoUsd)).toBeGreaterThan(22e9);
      expect(Number(found?.expectedNanoUsd)).toBeLessThan(26e9);
      expect(Number(found?.lowNanoUsd)).toBeLessThanOrEqual(24e9);
      expect(Number(found?.highNanoUsd)).toBeGreaterThanOrEqual(24e9);
      expect(found).toMatchObject({ coverage: 0.9, limitNanoUsd: 20n * DOLLAR, aboveLimit: true });
      expect(Number(found?.knownSince?.seconds) * 1_000).toBe(MIDNIGHT);
    }
    const { settledNanoUsd, expectedNanoUsd, expectedLowNanoUsd, expectedHighNanoUsd } = await books(again);
    expect(settledNanoUsd).toBe(12n * DOLLAR);
    expect(Number(expectedNanoUsd)).toBeGreaterThan(22e9);
    expect(Number(expectedLowNanoUsd)).toBeLessThan(Number(expectedHighNanoUsd));
  });

  it("of a budget that is new begin with the history of its spend", async () => {
    const bench = await startBench();
    bench.clock.now = MIDNIGHT;
    await spendEvenly(bench, MIDNIGHT, 12);
    await until(async () => (await bench.client.getSpend({})).totalNanoUsd === 12n * DOLLAR);
    await bench.client.putBudget({ budget: budgetOf(100n * DOLLAR) });
    await until(
      async () => Number((await bench.client.getForecast({ budgetId: "b" })).forecast?.expectedNanoUsd ?? 0n) > 10e9,
    );
    const { forecast } = await bench.client.getForecast({ budgetId: "b" });
    // What was spent before the budget was put is not part of its books.
    expect(Number(forecast?.expectedNanoUsd)).toBeGreaterThan(10e9);
    expect(Number(forecast?.expectedNanoUsd)).toBeLessThan(14e9);
    expect(forecast).toMatchObject({ spentNanoUsd: 0n, aboveLimit: false });
  });

  it("of all spend that matches a filter are made from its history", async () => {
    const bench = await startBench();
    bench.clock.now = MIDNIGHT;
    await spendEvenly(bench, MIDNIGHT, 12);
    await until(async () => (await bench.client.getSpend({})).totalNanoUsd === 12n * DOLLAR);
    const { forecast } = await bench.client.getForecast({ filter: { tenant: "acme" }, window: BudgetWindow.DAY });
    expect(forecast?.spentNanoUsd).toBe(12n * DOLLAR);
    expect(Number(forecast?.expectedNanoUsd)).toBeGreaterThan(22e9);
    expect(Number(forecast?.expectedNanoUsd)).toBeLessThan(26e9);
    const { forecast: nobody } = await bench.client.getForecast({
      filter: { tenant: "nobody" },
      window: BudgetWindow.DAY,
    });
    expect(nobody).toMatchObject({ spentNanoUsd: 0n, expectedNanoUsd: 0n, highNanoUsd: 0n });
    expect(nobody?.knownSince).toBeUndefined();
  });

  it("are held against what came, when a window has ended", async () => {
    const bench = await startBench();
    bench.clock.now = MIDNIGHT;
    await bench.client.putBudget({ budget: budgetOf(100n * DOLLAR) });
    await turns(bench);
    await spendEvenly(bench, MIDNIGHT, 30);
    await until(async () => (await bench.counter("fairlead_forecast_error_ratio")) > 0);
    const values = (await bench.metrics.getSingleMetric("fairlead_forecast_error_ratio")?.get())?.values ?? [];
    const named = (end: string) =>
      values.find((value) => "metricName" in value && String(value.metricName).endsWith(end))?.value;
    expect(named("_count")).toBe(1);
    expect(named("_sum")).toBeLessThan(0.1);
  });

  it("are forgotten with their budget", async () => {
    const bench = await startBench();
    await bench.client.putBudget({ budget: budgetOf(5n) });
    await until(async () => (await bench.state.notes.read("forecasts")).size === 1);
    await bench.client.deleteBudget({ budgetId: "b" });
    await until(async () => (await bench.state.notes.read("forecasts")).size === 0);
  });

  it("are refused for what is not there and for windows that they cannot be made for", async () => {
    const bench = await startBench();
    await expect(bench.client.getForecast({ budgetId: "c" })).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND });
    await expect(bench.client.getForecast({ window: BudgetWindow.HOUR })).rejects.toMatchObject({
      code: ErrorCode.INVALID_REQUEST,
    });
    await bench.client.putBudget({ budget: { ...budgetOf(5n), window: BudgetWindow.REQUEST } });
    await expect(bench.client.getForecast({ budgetId: "b" })).rejects.toMatchObject({
      code: ErrorCode.INVALID_REQUEST,
    });
    expect(bench.clock.now).toBe(NOON);
  });
});

/** A dollar an hour, in four parts each. */
async function spendEvenly(bench: Bench, start: number, hours: number, held = false): Promise<void> {
  const cost = DOLLAR / 4n;
  for (let part = 0; part < hours * 4; part++) {
    bench.clock.now = start + part * (HOUR / 4) + HOUR / 8;
    const asked = { budgetId: "b", holder: "r", minimumNanoUsd: cost, wantedNanoUsd: cost };
    const holds = held ? [holdOn((await bench.client.acquireLease(asked)).lease, cost)] : [];
    await bench.tell(`${start}/${part}`, cost, holds);
    await until(
      async () =>
        (await bench.client.getSpend({ start: { seconds: BigInt(start / 1_000) } })).totalNanoUsd ===
        cost * BigInt(part + 1),
    );
    if (part % 4 === 3) await turns(bench);
  }
  bench.clock.now = start + hours * HOUR;
}
