import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";

/** A part of a budget whose spending is worth an alert. */
export interface BudgetThreshold {
  readonly percent: number;
  readonly severity: "info" | "warning" | "critical" | "emergency";
}

/** When people are told. */
export const BUDGET_THRESHOLDS: readonly BudgetThreshold[] = [
  { percent: 50, severity: "info" },
  { percent: 70, severity: "warning" },
  { percent: 85, severity: "critical" },
  { percent: 95, severity: "emergency" },
];

/** The thresholds that settled spend has reached, lowest first. A budget of nothing has none. */
export function reachedThresholds(state: BudgetState): readonly BudgetThreshold[] {
  const limit = state.budget?.limitNanoUsd ?? 0n;
  if (limit <= 0n) return [];
  return BUDGET_THRESHOLDS.filter(({ percent }) => state.settledNanoUsd * 100n >= limit * BigInt(percent));
}
