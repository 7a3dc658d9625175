import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import fc from "fast-check";
import { judgeLevel, worstOf } from "./judge-level.ts";
import { MESH } from "./scope.ts";
import { chooseLevels, DEFAULT_LEVELS, type ServiceLevel } from "./service-level.ts";
import { wasAvailable, type WindowFigures } from "./window-figures.ts";

function figures(facts: Partial<WindowFigures> = {}): WindowFigures {
  return {
    calls: 100,
    checks: 0,
    successRate: 1,
    availability: 1,
    measured: 100,
    latencyMeanMs: 600,
    latencyP50Ms: 500,
    latencyP95Ms: 900,
    latencyP99Ms: 950,
    callsPerMinute: 20,
    cost: 1,
    costPerMinute: 0.2,
    quality: 0.9,
    ...facts,
  };
}

const judge = (facts: Partial<WindowFigures>, levels = DEFAULT_LEVELS) => worstOf(levels.map((level) => judgeLevel(figures(facts), level)));
const { SUCCESS_RATE, LATENCY_P95, AVAILABILITY, THROUGHPUT, COST_PER_SUCCESS, QUALITY_SCORE } = SlaMetric;
const openai = { provider: "openai", model: "", tenant: "" };
const gpt = { provider: "openai", model: "gpt-4o", tenant: "" };

describe("holding figures against the default levels", () => {
  it.each<[string, Partial<WindowFigures>, Verdict, string]>([
    ["good figures", {}, Verdict.HEALTHY, ""],
    ["figures on the warning bounds", { successRate: 0.95, latencyP95Ms: 5_000, availability: 0.99 }, Verdict.HEALTHY, ""],
    ["too few calls, all failed", { calls: 9, successRate: 0 }, Verdict.UNSPECIFIED, ""],
    ["just enough calls, all failed", { calls: 10, successRate: 0 }, Verdict.UNHEALTHY, "The success rate of 0 % is below 85 %."],
    ["some failures", { successRate: 0.9 }, Verdict.DEGRADED, "The success rate of 90 % is below 95 %."],
    ["a rate just below the bound", { successRate: 0.94999 }, Verdict.DEGRADED, "The success rate of 94.99 % is below 95 %."],
    ["many failures", { successRate: 0.8499 }, Verdict.UNHEALTHY, "The success rate of 84.99 % is below 85 %."],
    ["slow answers", { latencyP95Ms: 5_001 }, Verdict.DEGRADED, "The 95th percentile of the latency, 5001 ms, is above 5000 ms."],
    ["very slow answers", { latencyP95Ms: 20_000 }, Verdict.UNHEALTHY, "The 95th percentile of the latency, 20000 ms, is above 15000 ms."],
    ["an outage", { availability: 0.9666 }, Verdict.DEGRADED, "The availability of 96.66 % is below 99 %."],
    ["a long outage", { availability: 0.94 }, Verdict.UNHEALTHY, "The availability of 94 % is below 95 %."],
    ["some failures, very slow", { successRate: 0.9, latencyP95Ms: 20_000 }, Verdict.UNHEALTHY, "The 95th percentile of the latency, 20000 ms, is above 15000 ms."],
    ["both bad alike", { successRate: 0.9, latencyP95Ms: 6_000 }, Verdict.DEGRADED, "The success rate of 90 % is below 95 %."],
  ])("finds %s", (_name, facts, verdict, reason) => {
    expect(judge(facts)).toEqual({ verdict, reason });
  });

  it("never gets milder as figures get worse", () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    const latency = fc.double({ min: 0, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(rate, rate, latency, latency, (rateA, rateB, latencyA, latencyB) => {
        const better = judge({ successRate: Math.max(rateA, rateB), latencyP95Ms: Math.min(latencyA, latencyB) });
        const worse = judge({ successRate: Math.min(rateA, rateB), latencyP95Ms: Math.max(latencyA, latencyB) });
        expect(worse.verdict).toBeGreaterThanOrEqual(better.verdict);
      }),
    );
  });
});

describe("a level of one's own", () => {
  const level = (facts: Partial<ServiceLevel>): ServiceLevel => ({ scope: MESH, metric: SUCCESS_RATE, warning: 0.9, critical: 0.8, windowMs: 60_000, minCalls: 1, ...facts });

  it.each<[SlaMetric, number, number, Partial<WindowFigures>, string]>([
    [THROUGHPUT, 30, 10, { callsPerMinute: 20, successRate: 0.9 }, "The throughput of 18 a minute is below 30 a minute."],
    [COST_PER_SUCCESS, 0.01, 0.05, { cost: 2, calls: 100, successRate: 0.5 }, "The cost per success of 0.04 dollars is above 0.01 dollars."],
    [QUALITY_SCORE, 0.7, 0.5, { quality: 0.6125 }, "The mean quality score of 0.612 is below 0.7."],
  ])("judges metric %s", (metric, warning, critical, facts, reason) => {
    expect(judge(facts, [level({ metric, warning, critical })])).toEqual({ verdict: Verdict.DEGRADED, reason });
  });

  it.each<[SlaMetric, Partial<WindowFigures>]>([
    [THROUGHPUT, { callsPerMinute: undefined }],
    [COST_PER_SUCCESS, { successRate: 0 }],
    [QUALITY_SCORE, { quality: undefined }],
    [LATENCY_P95, { measured: 0 }],
    [AVAILABILITY, { availability: undefined }],
  ])("is not judged where metric %s was not measured", (metric, facts) => {
    expect(judge(facts, [level({ metric })]).verdict).toBe(Verdict.UNSPECIFIED);
  });

  it("counts for what it is about, the most specific first", () => {
    const forAll = level({ warning: 0.91 });
    const forProvider = level({ scope: openai, warning: 0.92 });
    const forModel = level({ scope: { ...gpt, provider: "" }, warning: 0.93 });
    const forTarget = level({ scope: gpt, warning: 0.94 });
    const levels = [forAll, forProvider, forModel, forTarget, ...DEFAULT_LEVELS];
    const chosen = (scope: typeof gpt) => chooseLevels(levels, scope).find(({ metric }) => metric === SUCCESS_RATE)?.warning;
    expect(chosen(gpt)).toBe(0.94);
    expect(chosen(openai)).toBe(0.92);
    expect(chosen({ ...gpt, provider: "azure" })).toBe(0.93);
    expect(chosen({ provider: "", model: "", tenant: "acme" })).toBe(0.91);
    expect(chosen({ ...gpt, model: "o3" })).toBe(0.92);
    expect(chooseLevels(levels, gpt).map(({ metric }) => metric)).toEqual([SUCCESS_RATE, AVAILABILITY, LATENCY_P95]);
  });
});

describe("availability in a slice of time", () => {
  it.each<[string, Parameters<typeof wasAvailable>[0], boolean | undefined]>([
    ["nothing happened", { succeeded: 0, failed: 0, checksAnswered: 0, checksFailed: 0 }, undefined],
    ["a stray call failed", { succeeded: 0, failed: 2, checksAnswered: 0, checksFailed: 0 }, undefined],
    ["several failed and none succeeded", { succeeded: 0, failed: 3, checksAnswered: 1, checksFailed: 0 }, false],
    ["some succeeded", { succeeded: 1, failed: 50, checksAnswered: 0, checksFailed: 1 }, true],
    ["a check failed", { succeeded: 0, failed: 0, checksAnswered: 0, checksFailed: 1 }, false],
    ["a check was answered", { succeeded: 0, failed: 1, checksAnswered: 1, checksFailed: 0 }, true],
  ])("is known or not when %s", (_name, evidence, expected) => {
    expect(wasAvailable(evidence)).toBe(expected);
  });
});
