import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BudgetLevel, BudgetStateSchema, CapAction } from "@fairlead/contracts/cost/v1/budget";
import { budgetPressure } from "./budget-pressure.ts";

const state = (facts: MessageInitShape<typeof BudgetStateSchema>) => create(BudgetStateSchema, facts);

describe("the budgets of a request together", () => {
  it("press with the most used one, the worst forecast and the highest level", () => {
    const pressure = budgetPressure([
      state({ budget: { budgetId: "a", limitNanoUsd: 100n }, settledNanoUsd: 20n, expectedNanoUsd: 150n, level: BudgetLevel.NORMAL }),
      state({ budget: { budgetId: "b", limitNanoUsd: 100n, capAction: CapAction.FREE_MODEL }, settledNanoUsd: 90n, level: BudgetLevel.ECONOMY }),
    ]);
    expect(pressure).toMatchObject({ used: 0.9, expected: 1.5, level: BudgetLevel.ECONOMY, freeAtCap: true, worst: { budget: { budgetId: "b" } } });
  });

  it("do not press where there are none", () => {
    expect(budgetPressure([])).toEqual({ used: 0, expected: undefined, worst: undefined, level: BudgetLevel.UNSPECIFIED, freeAtCap: false });
  });

  it("press in full where a limit is nought", () => {
    expect(budgetPressure([state({ budget: { limitNanoUsd: 0n } })]).used).toBe(1);
  });
});
