import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BudgetLevel, BudgetSchema, BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import { budgetLevel } from "./budget-level.ts";
import { checkBudget } from "./check-budget.ts";

describe("the level of a budget", () => {
  it.each<[settled: bigint, overrun: bigint, leased: bigint, level: BudgetLevel]>([
    [0n, 0n, 1_000n, BudgetLevel.NORMAL],
    [849n, 0n, 151n, BudgetLevel.NORMAL],
    [850n, 0n, 0n, BudgetLevel.ECONOMY],
    [800n, 50n, 0n, BudgetLevel.ECONOMY],
    [949n, 0n, 51n, BudgetLevel.ECONOMY],
    [950n, 0n, 0n, BudgetLevel.EMERGENCY],
    [999n, 0n, 1n, BudgetLevel.EMERGENCY],
    [1_000n, 0n, 0n, BudgetLevel.EXHAUSTED],
    [990n, 10n, 0n, BudgetLevel.EXHAUSTED],
    [2_000n, 0n, 0n, BudgetLevel.EXHAUSTED],
  ])(
    "at %s settled, %s overrun and %s leased of 1,000 is %s",
    (settledNanoUsd, overrunNanoUsd, leasedNanoUsd, level) => {
      const budget = { budgetId: "b", limitNanoUsd: 1_000n };
      expect(budgetLevel(create(BudgetStateSchema, { budget, settledNanoUsd, overrunNanoUsd, leasedNanoUsd }))).toBe(
        level,
      );
    },
  );

  it("follows the budget's own percents", () => {
    const budget = { budgetId: "b", limitNanoUsd: 100n, economyPercent: 10, emergencyPercent: 20 };
    const at = (settledNanoUsd: bigint) => budgetLevel(create(BudgetStateSchema, { budget, settledNanoUsd }));
    expect([9n, 10n, 20n, 100n].map(at)).toEqual([
      BudgetLevel.NORMAL,
      BudgetLevel.ECONOMY,
      BudgetLevel.EMERGENCY,
      BudgetLevel.EXHAUSTED,
    ]);
  });

  it("is exhausted from the start where the limit is nothing", () => {
    expect(budgetLevel(create(BudgetStateSchema, { budget: { budgetId: "b" } }))).toBe(BudgetLevel.EXHAUSTED);
  });
});

describe("the check of a budget", () => {
  const check = (changes: MessageInitShape<typeof BudgetSchema>) => checkBudget(create(BudgetSchema, changes))?.field;

  it("finds what does not go together", () => {
    expect(check({ alertPercents: [50, 50] })).toBe("alert_percents");
    expect(check({ alertPercents: [70, 50] })).toBe("alert_percents");
    expect(check({ economyStrategy: "thrift" })).toBe("economy_strategy");
    expect(check({ economyPercent: 96 })).toBe("emergency_percent");
    expect(check({ emergencyPercent: 50 })).toBe("emergency_percent");
  });

  it("takes what does", () => {
    expect(check({})).toBeUndefined();
    expect(
      check({ alertPercents: [1, 50, 100], economyStrategy: "cost", economyPercent: 50, emergencyPercent: 50 }),
    ).toBeUndefined();
  });
});
