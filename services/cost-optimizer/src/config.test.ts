import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BudgetWindow, CapAction } from "@fairlead/contracts/cost/v1/budget";
import { readConfig } from "@fairlead/runtime/config";
import { costOptimizerConfig, retentionOf } from "./config.ts";

describe("the configuration of the cost-optimizer", () => {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-cost-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  const read = (budgets: string, environment: Record<string, string> = {}) => {
    const file = join(directory, "fairlead.yaml");
    writeFileSync(file, `costOptimizer:\n  budgets:\n${budgets}`);
    return readConfig(costOptimizerConfig, { FAIRLEAD_CONFIG: file, ...environment });
  };

  it("has defaults, and times from the environment", () => {
    expect(readConfig(costOptimizerConfig, {})).toMatchObject({ leaseMs: 30_000, holdMs: 600_000, budgets: [] });
    expect(readConfig(costOptimizerConfig, { FAIRLEAD_COST_LEASE_MS: "5000" }).leaseMs).toBe(5_000);
    expect(() => readConfig(costOptimizerConfig, { FAIRLEAD_COST_HOLD_MS: "-1" })).toThrow(/FAIRLEAD_COST_HOLD_MS/);
    expect(() => readConfig(costOptimizerConfig, { FAIRLEAD_COST_SPEND_RETENTION_DAYS: "500" })).toThrow(
      /FAIRLEAD_COST_SPEND_RETENTION_DAYS/,
    );
    expect(retentionOf(readConfig(costOptimizerConfig, {}))).toEqual({
      spendRetentionMs: 92 * 86_400_000,
      decisionRetentionMs: 7 * 86_400_000,
    });
  });

  it("reads budgets in exact dollars", () => {
    const { budgets } = read(`    - { id: acme-month, tenant: acme, window: month, limitUsd: "1234.000000001" }
    - { id: all-day, provider: openai, window: day, limitUsd: 0.5 }
    - { id: everything, scope: all, window: hour, limitUsd: 1, alertPercents: [10, 100], economyStrategy: cost, economyPercent: 20, emergencyPercent: 30, capAction: free_model }
`);
    expect(budgets).toMatchObject([
      {
        budgetId: "acme-month",
        window: BudgetWindow.MONTH,
        limitNanoUsd: 1_234_000_000_001n,
        scope: { tenant: "acme", user: "" },
      },
      {
        budgetId: "all-day",
        window: BudgetWindow.DAY,
        limitNanoUsd: 500_000_000n,
        scope: { tenant: "", provider: "openai" },
        capAction: CapAction.REFUSE,
      },
      {
        alertPercents: [10, 100],
        economyStrategy: "cost",
        economyPercent: 20,
        emergencyPercent: 30,
        capAction: CapAction.FREE_MODEL,
      },
    ]);
  });

  it.each([
    [`    - { id: a, scope: all, window: day, limitUsd: -1 }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, scope: all, window: day, limitUsd: .nan }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, scope: all, window: day, limitUsd: 1e30 }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, scope: all, window: day, limitUsd: "1000000000.1" }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, window: day, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.scope: expected all, or a tenant/],
    [
      `    - { id: a, scope: all, tenant: acme, window: day, limitUsd: 1 }`,
      /costOptimizer\.budgets\.0\.scope: expected no scope/,
    ],
    [`    - { id: a, scope: some, window: day, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.scope/],
    [
      `    - { id: a, scope: all, window: day, limitUsd: 1, alertPercents: [70, 50] }`,
      /costOptimizer\.budgets\.0\.alertPercents: expected percents that rise/,
    ],
    [
      `    - { id: a, scope: all, window: day, limitUsd: 1, alertPercents: [0] }`,
      /costOptimizer\.budgets\.0\.alertPercents\.0/,
    ],
    [
      `    - { id: a, scope: all, window: day, limitUsd: 1, economyStrategy: thrift }`,
      /costOptimizer\.budgets\.0\.economyStrategy: expected one of/,
    ],
    [
      `    - { id: a, scope: all, window: day, limitUsd: 1, emergencyPercent: 50 }`,
      /costOptimizer\.budgets\.0\.emergencyPercent: expected at least the economy percent/,
    ],
    [`    - { id: a, scope: all, window: day, limitUsd: 1, capAction: stop }`, /costOptimizer\.budgets\.0\.capAction/],
    [`    - { id: "a b", window: day, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.id/],
    [`    - { id: a, window: year, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.window/],
    [`    - { id: a, window: day, limitUsd: 1, tenat: acme }`, /tenat/],
    [
      `    - { id: a, scope: all, window: day, limitUsd: 1 }\n    - { id: a, scope: all, window: day, limitUsd: 2 }`,
      /used twice/,
    ],
  ])("stops at %s and names the key", (budgets, message) => {
    expect(() => read(`${budgets}\n`)).toThrow(message);
  });
});
