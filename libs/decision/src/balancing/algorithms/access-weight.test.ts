import { create } from "@bufbuild/protobuf";
import { TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { accessWeight } from "./access-weight.ts";

describe("the weight by access", () => {
  it.each([
    ["all", CircuitState.CLOSED, 0n, 1],
    ["all to one of which nothing is known", CircuitState.UNSPECIFIED, 0n, 1],
    ["a tenth to one that is probed", CircuitState.HALF_OPEN, 0n, 0.1],
    ["nothing to one whose circuit is open", CircuitState.OPEN, 0n, 0],
    ["nothing to one that asked not to be called", CircuitState.CLOSED, 1_001n, 0],
    ["all to one whose wish is over", CircuitState.CLOSED, 1_000n, 1],
  ])("gives %s", (_what, circuit, rateLimitedUntilUnixMs, weight) => {
    expect(accessWeight(create(TargetStateSchema, { circuit, rateLimitedUntilUnixMs }), 1_000)).toBe(weight);
  });

  it("gives all to a target that has no figures yet", () => {
    expect(accessWeight(undefined, 1_000)).toBe(1);
  });
});
