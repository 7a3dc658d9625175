import { create } from "@bufbuild/protobuf";
import { BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import { reachedThresholds } from "./reached-thresholds.ts";

describe("the thresholds of a budget", () => {
  const reached = (settledNanoUsd: bigint, limitNanoUsd = 1_000n, alertPercents: number[] = [], overrunNanoUsd = 0n) =>
    reachedThresholds(
      create(BudgetStateSchema, {
        budget: { budgetId: "b", limitNanoUsd, alertPercents },
        settledNanoUsd,
        overrunNanoUsd,
      }),
    );

  it("are reached exactly at their part", () => {
    const percents = (settled: bigint) => reached(settled).map(({ percent }) => percent);
    expect(percents(499n)).toEqual([]);
    expect(percents(500n)).toEqual([50]);
    expect(percents(849n)).toEqual([50, 70]);
    expect(percents(1_000n)).toEqual([50, 70, 85, 95]);
  });

  it("count what the window had no room for", () => {
    expect(reached(400n, 1_000n, [], 100n)).toEqual([{ percent: 50, severity: "info" }]);
  });

  it("are those that the budget names, each as bad as it is high", () => {
    expect(
      reached(100n, 100n, [10, 69, 70, 94, 95, 100]).map(({ percent, severity }) => `${percent} ${severity}`),
    ).toEqual(["10 info", "69 info", "70 warning", "94 warning", "95 critical", "100 emergency"]);
  });

  it("are exact beyond 2^53, and none for a budget of nothing", () => {
    const limit = 10n ** 18n;
    expect(reached(limit / 2n - 1n, limit)).toEqual([]);
    expect(reached(limit / 2n, limit)).toHaveLength(1);
    expect(reached(0n, 0n)).toEqual([]);
  });
});
