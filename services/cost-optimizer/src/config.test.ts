import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { readConfig } from "@fairlead/runtime/config";
import { costOptimizerConfig } from "./config.ts";

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
  });

  it("reads budgets in exact dollars", () => {
    const { budgets } = read(`    - { id: acme-month, tenant: acme, window: month, limitUsd: "1234.000000001" }
    - { id: all-day, provider: openai, window: day, limitUsd: 0.5 }
`);
    expect(budgets).toMatchObject([
      { budgetId: "acme-month", window: BudgetWindow.MONTH, limitNanoUsd: 1_234_000_000_001n, scope: { tenant: "acme", user: "" } },
      { budgetId: "all-day", window: BudgetWindow.DAY, limitNanoUsd: 500_000_000n, scope: { tenant: "", provider: "openai" } },
    ]);
  });

  it.each([
    [`    - { id: a, window: day, limitUsd: -1 }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, window: day, limitUsd: .nan }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, window: day, limitUsd: 1e30 }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: a, window: day, limitUsd: "1000000000.1" }`, /costOptimizer\.budgets\.0\.limitUsd/],
    [`    - { id: "a b", window: day, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.id/],
    [`    - { id: a, window: year, limitUsd: 1 }`, /costOptimizer\.budgets\.0\.window/],
    [`    - { id: a, window: day, limitUsd: 1, tenat: acme }`, /tenat/],
    [`    - { id: a, window: day, limitUsd: 1 }\n    - { id: a, window: day, limitUsd: 2 }`, /used twice/],
  ])("stops at %s and names the key", (budgets, message) => {
    expect(() => read(`${budgets}\n`)).toThrow(message);
  });
});
