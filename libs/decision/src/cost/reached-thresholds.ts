import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { hasReached, spentOf } from "./spent-of.ts";

/** How bad an alert is. */
export type AlertSeverity = "info" | "warning" | "critical" | "emergency";

/** A part of a budget whose spending is worth an alert. */
export interface BudgetThreshold {
  readonly percent: number;
  readonly severity: AlertSeverity;
}

/** When people are told where a budget says nothing. */
export const ALERT_PERCENTS: readonly number[] = [50, 70, 85, 95];

/** The thresholds that spend (settled and overrun) has reached, lowest first. A budget of nothing has none. */
export function reachedThresholds(state: BudgetState): readonly BudgetThreshold[] {
  const limit = state.budget?.limitNanoUsd ?? 0n;
  if (limit <= 0n) return [];
  const own = state.budget?.alertPercents ?? [];
  const spent = spentOf(state);
  return (own.length > 0 ? own : ALERT_PERCENTS)
    .filter((percent) => hasReached(spent, limit, percent))
    .map((percent) => ({ percent, severity: severityOf(percent) }));
}

function severityOf(percent: number): AlertSeverity {
  if (percent >= 100) return "emergency";
  if (percent >= 95) return "critical";
  return percent >= 70 ? "warning" : "info";
}
