import { readConfig } from "@fairlead/runtime/config";
import { slaMonitorConfig } from "./config.ts";

describe("the configuration of the sla-monitor", () => {
  it("has defaults for everything", () => {
    expect(readConfig(slaMonitorConfig, {})).toEqual({
      windowMs: 300_000,
      slices: 30,
      minCalls: 10,
      successRateWarning: 0.95,
      successRateCritical: 0.85,
      latencyP95WarningMs: 5_000,
      latencyP95CriticalMs: 15_000,
      reviewMs: 250,
      maxTargets: 2_000,
    });
  });

  it.each(["1.1", "-0.1", "NaN", "most"])("names the variable of a bad value (%s)", (value) => {
    expect(() => readConfig(slaMonitorConfig, { FAIRLEAD_SLA_SUCCESS_RATE_WARNING: value })).toThrow(
      "FAIRLEAD_SLA_SUCCESS_RATE_WARNING",
    );
  });
});
