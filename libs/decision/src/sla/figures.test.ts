import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { advanceAnomaly, type AnomalyState, ORDINARY } from "./advance-anomaly.ts";
import { concerns, describeRule, meets, READY_RULES } from "./alert-rule.ts";
import { EMPTY_BASELINE, expectAt, hourOfWeek, learnSample } from "./baseline.ts";
import { burnOver, burnRate, errorBudget } from "./error-budget.ts";
import { findTrend } from "./find-trend.ts";
import { MESH, scopeName } from "./scope.ts";

const MINUTE = 60_000;
const MONDAY = Date.UTC(2024, 0, 1);

/** Numbers of a normal distribution, the same each time. */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe("an error budget", () => {
  it.each([
    [{ good: 990, bad: 10 }, 0.99, { attained: 0.99, kept: true, left: 0 }],
    [{ good: 995, bad: 5 }, 0.99, { attained: 0.995, kept: true, left: 0.5 }],
    [{ good: 980, bad: 20 }, 0.99, { attained: 0.98, kept: false, left: -1 }],
    [{ good: 0, bad: 0 }, 0.99, { attained: undefined, kept: true, left: 1 }],
  ])("of %j at %s is %j", (counts, objective, expected) => {
    const { attained, kept, left } = errorBudget(counts, objective);
    expect({ attained, kept, left: Math.round(left * 1e6) / 1e6 || 0 }).toEqual(expected);
  });

  it("burns at a multiple of the pace at which it lasts; the short window shows whether it still does", () => {
    expect(burnRate({ good: 990, bad: 10 }, 0.99)).toBeCloseTo(1);
    expect(burnRate({ good: 856, bad: 144 }, 0.99)).toBeCloseTo(14.4);
    expect(burnRate({ good: 0, bad: 0 }, 0.99)).toBeUndefined();
    expect(burnOver(20, 3)).toBe(3);
    expect(burnOver(20, undefined)).toBe(0);
    expect(burnOver(undefined, 20)).toBeUndefined();
  });
});

describe("the ready rules", () => {
  it("are those that are promised", () => {
    const facts = READY_RULES.map((rule) => [rule.name, describeRule(rule, rule.threshold), rule.forMs / MINUTE]);
    expect(facts).toEqual([
      ["high-error-rate", "The error rate of 5 % is above 5 %.", 5],
      ["high-daily-cost", "The used share of 80 % is above 80 %.", 1],
      ["no-success", "The success rate of 0 % is at or below 0 %.", 2],
      ["high-latency", "The mean latency of 10000 ms is above 10000 ms.", 5],
    ]);
    expect(READY_RULES.map((rule) => [meets(rule, rule.threshold), meets(rule, rule.threshold + 0.001)])).toEqual([
      [false, true],
      [false, true],
      [true, false],
      [false, true],
    ]);
    expect(READY_RULES.every(({ severity }) => severity >= AlertSeverity.WARNING)).toBe(true);
  });

  it("concern each target by itself, within their scope", () => {
    const rule = { ...(READY_RULES[0] as (typeof READY_RULES)[number]), scope: { provider: "openai", model: "", tenant: "" } };
    expect(concerns(rule, { provider: "openai", model: "gpt-4o", tenant: "" })).toBe(true);
    expect(concerns(rule, { provider: "azure", model: "gpt-4o", tenant: "" })).toBe(false);
    expect(concerns(rule, { provider: "openai", model: "", tenant: "" })).toBe(false);
    expect(concerns({ ...rule, each: "tenant", scope: MESH }, { provider: "", model: "", tenant: "acme" })).toBe(true);
    expect(concerns({ ...rule, each: "mesh", scope: MESH }, MESH)).toBe(true);
    expect([MESH, { ...MESH, provider: "a" }, { ...MESH, model: "m" }, { ...MESH, provider: "a", model: "m" }, { ...MESH, tenant: "t" }].map(scopeName)).toEqual(
      ["mesh", "provider/a", "model/m", "a/m", "tenant/t"],
    );
  });
});

describe("a trend", () => {
  const hour = (value: (minute: number) => number) => Array.from({ length: 60 }, (_, minute) => ({ at: minute * MINUTE, value: value(minute) }));

  it("is found in noise, with its slope", () => {
    const noise = normal(3);
    const trend = findTrend(hour((minute) => 100 + minute * 2 + 10 * noise()));
    expect(trend).toMatchObject({ significant: true, points: 60 });
    expect(trend.slopePerHour).toBeGreaterThan(105);
    expect(trend.slopePerHour).toBeLessThan(135);
  });

  it("is not moved by outliers", () => {
    expect(findTrend(hour((minute) => (minute % 20 === 7 ? 9_999 : minute))).slopePerHour).toBeCloseTo(60, 0);
  });

  it("is found in about one of twenty hours of pure noise", () => {
    const noise = normal(5);
    const found = Array.from({ length: 400 }, () => findTrend(hour(() => noise())).significant).filter(Boolean).length;
    expect(found).toBeGreaterThan(4);
    expect(found).toBeLessThan(36);
  });

  it("is not found in what stands still, nor in too few minutes", () => {
    expect(findTrend(hour(() => 7))).toEqual({ slopePerHour: 0, pValue: 1, significant: false, points: 60 });
    expect(findTrend(hour((minute) => minute).slice(0, 9)).significant).toBe(false);
  });
});

describe("a baseline", () => {
  it("counts hours of the week from Monday", () => {
    expect(hourOfWeek(MONDAY)).toBe(0);
    expect(hourOfWeek(MONDAY + 7 * 24 * 60 * MINUTE - 1)).toBe(167);
  });

  it("learns mean and deviation, and is hardly moved by outliers", () => {
    const noise = normal(9);
    let baseline = EMPTY_BASELINE;
    for (let minute = 0; minute < 2_000; minute += 1) {
      const value = minute % 50 === 49 ? 100_000 : 500 + 50 * noise();
      baseline = learnSample(baseline, value, MONDAY + minute * MINUTE);
    }
    const { mean, deviation } = expectAt(baseline, MONDAY + 2_000 * MINUTE);
    expect(Math.abs(mean - 500)).toBeLessThan(20);
    expect(deviation).toBeGreaterThan(40);
    expect(deviation).toBeLessThan(80);
  });

  it("takes the hour of the week as far as it is known, and all hours for the rest", () => {
    let baseline = EMPTY_BASELINE;
    for (let day = 0; day < 14; day += 1) {
      for (let minute = 0; minute < 1_440; minute += 1) {
        const night = minute < 360;
        baseline = learnSample(baseline, night ? 10 : 100, MONDAY + (day * 1_440 + minute) * MINUTE);
      }
    }
    const after = MONDAY + 14 * 1_440 * MINUTE;
    expect(expectAt(baseline, after).mean).toBeLessThan(50);
    expect(expectAt(baseline, after + 12 * 60 * MINUTE).mean).toBeGreaterThan(90);
  });
});

describe("anomalies", () => {
  const SETTINGS = { sigmas: 2, minutes: 5, warmUp: 120 };
  const FLOOR = { noise: 1, shareOfMean: 0.05 };
  /** Traffic of a working week with noise. */
  const usual = (at: number, noise: () => number) => {
    const hour = (at / 3_600_000) % 24;
    return 200 + 150 * Math.sin(((hour - 8) / 24) * 2 * Math.PI) + 15 * noise();
  };

  function run(days: number, value: (at: number, noise: () => number) => number, seed = 17) {
    const noise = normal(seed);
    let baseline = EMPTY_BASELINE;
    let state: AnomalyState = ORDINARY;
    const starts: number[] = [];
    for (let minute = 0; minute < days * 1_440; minute += 1) {
      const at = MONDAY + minute * MINUTE;
      const sample = { at, value: value(at, noise) };
      const next = advanceAnomaly(state, baseline, sample, FLOOR, SETTINGS);
      if (next.standsOut && !state.standsOut) starts.push(minute);
      state = next;
      baseline = learnSample(baseline, sample.value, at);
    }
    return { starts, state };
  }

  it("are not seen while the baseline warms up", () => {
    let baseline = EMPTY_BASELINE;
    let state = ORDINARY;
    for (let minute = 0; minute < 119; minute += 1) {
      const sample = { at: MONDAY + minute * MINUTE, value: minute < 60 ? 1 : 1_000_000 };
      state = advanceAnomaly(state, baseline, sample, FLOOR, SETTINGS);
      expect(state.standsOut).toBe(false);
      baseline = learnSample(baseline, sample.value, sample.at);
    }
  });

  it("are hardly ever seen in traffic that only follows its day", () => {
    const { starts } = run(21, usual);
    const late = starts.filter((minute) => minute >= 14 * 1_440);
    process.stdout.write(`false alarms by week: ${[0, 1, 2].map((week) => starts.filter((minute) => Math.floor(minute / 10_080) === week).length).join(", ")}\n`);
    expect(late.length).toBeLessThanOrEqual(1);
    expect(starts.length).toBeLessThanOrEqual(6);
  });

  it("are seen within minutes where traffic halves, and are over when it is back", () => {
    const day = 15 * 1_440 + 720;
    const from = MONDAY + day * MINUTE;
    const { starts, state } = run(16, (at, noise) => usual(at, noise) * (at >= from && at < from + 60 * MINUTE ? 0.5 : 1));
    expect(starts.some((minute) => minute >= day && minute < day + 10)).toBe(true);
    expect(state.standsOut).toBe(false);
  });
});
