import { readConfig } from "@fairlead/runtime/config";
import { fallbackManagerConfig } from "./config.ts";

describe("the configuration of the fallback-manager", () => {
  it("has a default for everything", () => {
    expect(readConfig(fallbackManagerConfig, {})).toMatchObject({ circuitFailures: 5, circuitOpenMs: 60_000, circuitSuccesses: 3, retryRatio: 0.1, hedgeRatio: 0.05 });
  });

  it("can be set by the environment in every part", () => {
    const keys = Object.keys(fallbackManagerConfig.schema.shape).sort();
    expect(Object.values(fallbackManagerConfig.environment).sort()).toEqual(keys);
  });

  it.each([
    ["FAIRLEAD_CIRCUIT_FAILURE_RATE", "1.5"],
    ["FAIRLEAD_CIRCUIT_WINDOW_MS", "soon"],
    ["FAIRLEAD_PROBE_MS", "0"],
    ["FAIRLEAD_RETRY_RATIO", "-0.1"],
    ["FAIRLEAD_HEDGE_RATIO", "2"],
    ["FAIRLEAD_HELD_STREAM_BYTES", "1"],
    ["FAIRLEAD_SCHEMA_TIME_MS", "5000"],
    ["FAIRLEAD_LOAD_REPORT_MS", "1"],
  ])("is refused with a wrong %s, which is named", (variable, value) => {
    expect(() => readConfig(fallbackManagerConfig, { [variable]: value })).toThrow(variable);
  });
});
