import { create } from "@bufbuild/protobuf";
import { BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import { reachedThresholds } from "./reached-thresholds.ts";

describe("reachedThresholds", () => {
  it.each([
    [0n, []],
    [499n, []],
    [500n, [50]],
    [849n, [50, 70]],
    [850n, [50, 70, 85]],
    [1_000n, [50, 70, 85, 95]],
  ])("of %s settled out of 1,000 are %s percent", (settledNanoUsd, expected) => {
    const state = create(BudgetStateSchema, { budget: { limitNanoUsd: 1_000n }, settledNanoUsd });
    expect(reachedThresholds(state).map(({ percent }) => percent)).toEqual(expected);
  });

  it("are none for a budget of nothing", () => {
    expect(reachedThresholds(create(BudgetStateSchema, { budget: { limitNanoUsd: 0n } }))).toEqual([]);
  });
});
