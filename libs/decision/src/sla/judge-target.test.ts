import { Verdict } from "@fairlead/contracts/sla/v1/health";
import fc from "fast-check";
import { judgeTarget, type ServiceLevel, type WindowFigures } from "./judge-target.ts";

const LEVEL: ServiceLevel = {
  successRate: { warning: 0.95, critical: 0.85 },
  latencyP95Ms: { warning: 5_000, critical: 15_000 },
  minCalls: 10,
};

function figures(facts: Partial<WindowFigures> = {}): WindowFigures {
  return { calls: 100, successRate: 1, latencyP50Ms: 500, latencyP95Ms: 900, latencyP99Ms: 950, ...facts };
}

describe("judging a target", () => {
  it.each<[string, Partial<WindowFigures>, Verdict, string]>([
    ["good figures", {}, Verdict.HEALTHY, ""],
    ["figures on the warning bounds", { successRate: 0.95, latencyP95Ms: 5_000 }, Verdict.HEALTHY, ""],
    ["too few calls, all failed", { calls: 9, successRate: 0 }, Verdict.UNSPECIFIED, ""],
    [
      "just enough calls, all failed",
      { calls: 10, successRate: 0 },
      Verdict.UNHEALTHY,
      "The success rate of 0 % is below 85 %.",
    ],
    ["some failures", { successRate: 0.9 }, Verdict.DEGRADED, "The success rate of 90 % is below 95 %."],
    [
      "a rate just below the bound",
      { successRate: 0.94999 },
      Verdict.DEGRADED,
      "The success rate of 94.99 % is below 95 %.",
    ],
    ["many failures", { successRate: 0.8499 }, Verdict.UNHEALTHY, "The success rate of 84.99 % is below 85 %."],
    [
      "slow answers",
      { latencyP95Ms: 5_001 },
      Verdict.DEGRADED,
      "The 95th percentile of the latency, 5001 ms, is above 5000 ms.",
    ],
    [
      "very slow answers",
      { latencyP95Ms: 20_000 },
      Verdict.UNHEALTHY,
      "The 95th percentile of the latency, 20000 ms, is above 15000 ms.",
    ],
    [
      "some failures, very slow",
      { successRate: 0.9, latencyP95Ms: 20_000 },
      Verdict.UNHEALTHY,
      "The 95th percentile of the latency, 20000 ms, is above 15000 ms.",
    ],
    [
      "both bad alike",
      { successRate: 0.9, latencyP95Ms: 6_000 },
      Verdict.DEGRADED,
      "The success rate of 90 % is below 95 %.",
    ],
  ])("of %s", (_name, facts, verdict, reason) => {
    expect(judgeTarget(figures(facts), LEVEL)).toEqual({ verdict, reason });
  });

  it("never gets milder as figures get worse", () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    const latency = fc.double({ min: 0, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(rate, rate, latency, latency, (rateA, rateB, latencyA, latencyB) => {
        const better = figures({ successRate: Math.max(rateA, rateB), latencyP95Ms: Math.min(latencyA, latencyB) });
        const worse = figures({ successRate: Math.min(rateA, rateB), latencyP95Ms: Math.max(latencyA, latencyB) });
        expect(judgeTarget(worse, LEVEL).verdict).toBeGreaterThanOrEqual(judgeTarget(better, LEVEL).verdict);
      }),
    );
  });

  it("gives a reason exactly where a bound is crossed", () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(30_000),
        (calls, successRate, latencyP95Ms) => {
          const { verdict, reason } = judgeTarget(figures({ calls, successRate, latencyP95Ms }), LEVEL);
          expect(reason !== "").toBe(verdict === Verdict.DEGRADED || verdict === Verdict.UNHEALTHY);
        },
      ),
    );
  });
});
