import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import fc from "fast-check";
import { windowEnd, windowStart } from "./budget-window.ts";
import { advanceForecast } from "./forecast/advance-forecast.ts";
import {
  type ForecastState,
  forecastFromJson,
  forecastToJson,
  MAX_BUCKETS,
  startBudgetForecast,
  startForecast,
} from "./forecast/forecast-state.ts";
import { forecastSpend } from "./forecast-spend.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const BUDGET_WINDOWS = [BudgetWindow.HOUR, BudgetWindow.DAY, BudgetWindow.WEEK, BudgetWindow.MONTH];

const anyCosts = fc.array(
  fc.record({ at: fc.nat({ max: 59 * MINUTE }), cost: fc.bigInt({ min: 0n, max: 10n ** 15n }) }),
  {
    maxLength: 60,
  },
);

describe("forecastSpend", () => {
  it("says nothing as long as nothing was spent", () => {
    const window = { startMs: START, endMs: START + HOUR };
    expect(forecastSpend(startForecast(START, HOUR), START + HOUR / 2, window)).toBeUndefined();
  });

  it("counts every nano-dollar told, and keeps spent, low, expected and high in order", () => {
    fc.assert(
      fc.property(anyCosts, fc.integer({ min: 0, max: HOUR }), (costs, elapsed) => {
        const told = costs.filter(({ at }) => at <= elapsed);
        const state = tell(
          startForecast(START, HOUR),
          told.map(({ at, cost }) => ({ at: START + at, cost })),
        );
        const forecast = forecastSpend(state, START + elapsed, { startMs: START, endMs: START + HOUR });
        const spent = told.reduce((sum, { cost }) => sum + cost, 0n);
        if (forecast === undefined) return expect(spent === 0n || elapsed === 0).toBe(true);
        expect(forecast.spentNanoUsd).toBe(spent);
        expect(forecast.lowNanoUsd >= spent).toBe(true);
        expect(forecast.expectedNanoUsd >= forecast.lowNanoUsd).toBe(true);
        expect(forecast.highNanoUsd >= forecast.expectedNanoUsd).toBe(true);
      }),
    );
  });

  it("is what was spent when the window is over", () => {
    const state = tell(startForecast(START, HOUR), [{ at: START + 7 * MINUTE, cost: 123n }]);
    const forecast = forecastSpend(state, START + HOUR, { startMs: START, endMs: START + HOUR });
    expect(forecast).toEqual({
      spentNanoUsd: 123n,
      expectedNanoUsd: 123n,
      lowNanoUsd: 123n,
      highNanoUsd: 123n,
      coverage: 0.9,
    });
  });

  it("is wide but finite after the first cost, and narrows as time goes on", () => {
    const traffic = steady(START, HOUR, 1000);
    const widths = [10_000, 5 * MINUTE, 20 * MINUTE, 50 * MINUTE].map((elapsed) => {
      const state = tell(
        startForecast(START, HOUR),
        traffic.filter(({ at }) => at < START + elapsed),
      );
      const { highNanoUsd, lowNanoUsd } = forecastSpend(state, START + elapsed, {
        startMs: START,
        endMs: START + HOUR,
      })!;
      return Number(highNanoUsd - lowNanoUsd) / 1_000_000;
    });
    expect(widths[0]).toBeGreaterThan(1);
    expect(widths[0]).toBeLessThan(1000);
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  });

  it("meets an even flow within a hundredth, in windows of every kind", () => {
    for (const kind of BUDGET_WINDOWS) {
      const window = { startMs: windowStart(kind, START), endMs: windowEnd(kind, START) };
      const length = window.endMs - window.startMs;
      const half = window.startMs + length / 2;
      const traffic = steady(window.startMs, length, 1000).filter(({ at }) => at < half);
      const state = tell(startBudgetForecast(kind, window.startMs)!, traffic);
      const { expectedNanoUsd } = forecastSpend(state, half, window)!;
      expect(Math.abs(Number(expectedNanoUsd) / 1_000_000 - 1)).toBeLessThan(0.01);
    }
  });

  it("never expects more because time goes by without spend", () => {
    const state = tell(startForecast(START, HOUR), steady(START, 20 * MINUTE, 300));
    const expected = [20, 22, 25, 30, 40, 50, 55, 59].map(
      (minute) =>
        forecastSpend(state, START + minute * MINUTE, { startMs: START, endMs: START + HOUR })!.expectedNanoUsd,
    );
    expect(expected).toEqual(expected.toSorted((a, b) => Number(b - a)));
  });

  it("holds its coverage on random traffic whose rate changes, and is near at half-way", () => {
    const random = randomFrom(7);
    const results = Array.from({ length: 200 }, () => {
      const traffic = randomTraffic(random, 10 * MINUTE);
      const actual = traffic.reduce((sum, { cost }) => sum + cost, 0n);
      const state = tell(
        startForecast(START, 10 * MINUTE),
        traffic.filter(({ at }) => at < START + 5 * MINUTE),
      );
      const forecast = forecastSpend(state, START + 5 * MINUTE, { startMs: START, endMs: START + 10 * MINUTE })!;
      const held = forecast.lowNanoUsd <= actual && actual <= forecast.highNanoUsd;
      return { held, error: Math.abs(Number(forecast.expectedNanoUsd) / Number(actual) - 1) };
    });
    expect(results.filter(({ held }) => held).length).toBeGreaterThanOrEqual(170);
    expect(results.map(({ error }) => error).toSorted((a, b) => a - b)[100]).toBeLessThan(0.05);
  });

  it("knows from the windows before what a window that has just begun will cost", () => {
    const state = tell(startForecast(START, HOUR), steady(START, 2 * HOUR + MINUTE, 1210));
    const forecast = forecastSpend(state, START + 2 * HOUR + MINUTE, {
      startMs: START + 2 * HOUR,
      endMs: START + 3 * HOUR,
    })!;
    expect(Number(forecast.spentNanoUsd)).toBeLessThan(20_000);
    expect(Math.abs(Number(forecast.expectedNanoUsd) / 600_000 - 1)).toBeLessThan(0.02);
  });

  it("learns the hours of the day and the days of the week", () => {
    const shape = (at: number) => {
      const date = new Date(at);
      const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
      return (date.getUTCHours() >= 12 ? 9 : 1) * (weekend ? 0.2 : 1);
    };
    const flow = Array.from({ length: 4 * 7 * 48 }, (_, index) => {
      const at = START + (index * HOUR) / 2;
      return { at, cost: BigInt(Math.round(1_000_000 * shape(at))) };
    });
    for (const day of [23, 26]) {
      const now = START + day * DAY + 12 * HOUR;
      const window = { startMs: START + day * DAY, endMs: START + (day + 1) * DAY };
      const actual = flow
        .filter(({ at }) => at >= window.startMs && at < window.endMs)
        .reduce((sum, { cost }) => sum + cost, 0n);
      const state = tell(
        startBudgetForecast(BudgetWindow.DAY, START)!,
        flow.filter(({ at }) => at < now),
      );
      const forecast = forecastSpend(state, now, window)!;
      expect(Math.abs(Number(forecast.expectedNanoUsd) / Number(actual) - 1)).toBeLessThan(0.1);
    }
  });
});

describe("advanceForecast", () => {
  it("puts late spend where it belongs, and leaves out what is older than all it remembers", () => {
    const state = tell(startForecast(START, HOUR), [
      { at: START + 30 * MINUTE, cost: 5n },
      { at: START + MINUTE, cost: 7n },
    ]);
    const late = advanceForecast(state, { costNanoUsd: 9n, atMs: START - 1 });
    expect(late).toBe(state);
    expect(state.sums.reduce((sum, amount) => sum + amount, 0n)).toBe(12n);
    expect(forecastSpend(state, START + 40 * MINUTE, { startMs: START, endMs: START + HOUR })?.spentNanoUsd).toBe(12n);
  });

  it("stays bounded over long silences", () => {
    const times = [0, 1, 500, 501, 1_000_000].map((hours) => ({ at: START + hours * HOUR, cost: 1n }));
    const state = tell(startBudgetForecast(BudgetWindow.DAY, START)!, times);
    expect(state.sums.length).toBeLessThanOrEqual(MAX_BUCKETS);
    expect(state.profile.hours.length).toBe(168);
    const now = START + 1_000_000 * HOUR;
    const window = { startMs: windowStart(BudgetWindow.DAY, now), endMs: windowEnd(BudgetWindow.DAY, now) };
    expect(forecastSpend(state, now + HOUR, window)?.spentNanoUsd).toBe(1n);
  });

  it("survives a store", () => {
    const state = tell(startBudgetForecast(BudgetWindow.WEEK, START)!, steady(START, 3 * DAY, 50));
    expect(forecastFromJson(JSON.parse(JSON.stringify(forecastToJson(state))))).toEqual(state);
  });
});

describe("startBudgetForecast", () => {
  it("lets every window start with a bucket", () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_WINDOWS), fc.integer({ min: 0, max: 4e12 }), (kind, since) => {
        const state = startBudgetForecast(kind, since)!;
        expect(state.firstBucketMs).toBeLessThanOrEqual(since);
        expect(((windowStart(kind, since) - state.firstBucketMs) % state.bucketMs) + 0).toBe(0);
        expect((windowEnd(kind, since) - windowStart(kind, since)) / state.bucketMs).toBeLessThanOrEqual(
          MAX_BUCKETS / 2,
        );
      }),
    );
  });

  it("has nothing to say of budgets for one request", () => {
    expect(startBudgetForecast(BudgetWindow.REQUEST, START)).toBeUndefined();
  });
});

function tell(state: ForecastState, costs: readonly { at: number; cost: bigint }[]): ForecastState {
  return costs.reduce((sum, { at, cost }) => advanceForecast(sum, { atMs: at, costNanoUsd: cost }), state);
}

/** A thousand nano-dollars at even steps. */
function steady(start: number, length: number, count: number): { at: number; cost: bigint }[] {
  return Array.from({ length: count }, (_, index) => ({ at: start + ((index + 0.5) * length) / count, cost: 1000n }));
}

/** Requests at random with costs of a long tail, about two a second, whose rate bends once. */
function randomTraffic(random: () => number, length: number): { at: number; cost: bigint }[] {
  const costs: { at: number; cost: bigint }[] = [];
  const bend = 0.85 + 0.3 * random();
  for (let at = 0; ;) {
    const rate = at < length / 2 ? 2 : 2 * bend;
    at += (-Math.log(1 - random()) / rate) * 1000;
    if (at >= length) return costs;
    costs.push({ at: START + at, cost: BigInt(Math.round(1_000_000 * -Math.log(1 - random()))) });
  }
}

/** Mulberry32, a small generator that repeats itself for a seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
