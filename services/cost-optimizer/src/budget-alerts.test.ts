import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type BudgetState, BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import { BudgetAlerts } from "./budget-alerts.ts";

describe("BudgetAlerts", () => {
  const heard = (alerts: BudgetAlerts, state: BudgetState | undefined) =>
    alerts.next("b", state).map(({ alertId, resolved }) => `${alertId}${resolved ? " over" : ""}`);

  it("tells each threshold once in a window, and its end in the next", () => {
    const alerts = new BudgetAlerts();
    expect(heard(alerts, state(40n))).toEqual([]);
    expect(heard(alerts, state(72n))).toEqual(["budget/b/50", "budget/b/70"]);
    expect(heard(alerts, state(80n))).toEqual([]);
    expect(heard(alerts, state(95n))).toEqual(["budget/b/85", "budget/b/95"]);
    expect(heard(alerts, state(0n, 2))).toEqual([
      "budget/b/50 over",
      "budget/b/70 over",
      "budget/b/85 over",
      "budget/b/95 over",
    ]);
    expect(heard(alerts, state(50n, 2))).toEqual(["budget/b/50"]);
  });

  it("tells anew what is reached in a new window at once", () => {
    const alerts = new BudgetAlerts();
    heard(alerts, state(60n));
    expect(heard(alerts, state(60n, 2))).toEqual(["budget/b/50"]);
  });

  it("ends what a raised limit or a deletion leaves behind", () => {
    const alerts = new BudgetAlerts();
    heard(alerts, state(90n));
    expect(heard(alerts, state(90n, 1, 150n))).toEqual(["budget/b/70 over", "budget/b/85 over"]);
    expect(heard(alerts, undefined)).toEqual(["budget/b/50 over"]);
    expect(heard(alerts, undefined)).toEqual([]);
  });

  it("gives an alert the same event in every replica", () => {
    const names = [new BudgetAlerts(), new BudgetAlerts()].map((alerts) => alerts.next("b", state(55n))[0]?.eventId);
    expect(names).toEqual(["budget/b/50/1000", "budget/b/50/1000"]);
  });
});

function state(settledNanoUsd: bigint, window = 1, limitNanoUsd = 100n): BudgetState {
  const windowStart = timestampFromMs(window * 1_000);
  return create(BudgetStateSchema, { budget: { budgetId: "b", limitNanoUsd }, windowStart, settledNanoUsd });
}
