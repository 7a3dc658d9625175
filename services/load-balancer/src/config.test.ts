import { readConfig } from "@fairlead/runtime/config";
import { loadBalancerConfig } from "./config.ts";

describe("the configuration of the load-balancer", () => {
  it("has defaults for everything", () => {
    expect(readConfig(loadBalancerConfig, {})).toEqual({
      latencyDecayMs: 10_000,
      figuresDecayMs: 30_000,
      adapterTimeoutMs: 5_000,
      circuitOpenMs: 75_000,
      refreshMs: 250,
      loadTimeoutMs: 3_500,
      percentileWindowMs: 120_000,
      quotaBurst: 0.25,
      quotaValidMs: 2_000,
      maxTargets: 2_000,
    });
  });

  it.each(["0", "-5", "1.5", "NaN", "soon", "1e99"])("names the variable of a bad value (%s)", (value) => {
    expect(() => readConfig(loadBalancerConfig, { FAIRLEAD_BALANCING_LATENCY_DECAY_MS: value })).toThrow(
      "FAIRLEAD_BALANCING_LATENCY_DECAY_MS",
    );
  });
});
