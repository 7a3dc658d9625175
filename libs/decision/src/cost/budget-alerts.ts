import { type Budget, type BudgetState, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import type { WantedAlert } from "./plan-alerts.ts";
import { reachedThresholds } from "./reached-thresholds.ts";
import { spentOf } from "./spent-of.ts";

const WINDOWS: Readonly<Record<BudgetWindow, string>> = {
  [BudgetWindow.UNSPECIFIED]: "window",
  [BudgetWindow.REQUEST]: "request",
  [BudgetWindow.HOUR]: "hour",
  [BudgetWindow.DAY]: "day",
  [BudgetWindow.WEEK]: "week",
  [BudgetWindow.MONTH]: "month",
};

/** The alerts that a budget's spend calls for: one for each threshold that it has reached in its window. */
export function budgetAlerts(state: BudgetState): WantedAlert[] {
  const { budget } = state;
  if (budget === undefined || spentOf(state) === 0n) return [];
  const { budgetId } = budget;
  const window = WINDOWS[budget.window];
  return reachedThresholds(state).map(({ percent, severity }) => ({
    alertId: budgetAlertId(budgetId, percent),
    occasion: String(state.windowStart?.seconds ?? 0n),
    severity,
    begun: `Budget ${budgetId} has spent ${percent} percent or more of its ${window}.`,
    over: `Budget ${budgetId} is below ${percent} percent again.`,
    labels: { budget: budgetId, ...scopeLabels(budget), window, threshold: String(percent) },
  }));
}

/** Name of the alert of a threshold. */
export function budgetAlertId(budgetId: string, percent: number): string {
  return `budget/${budgetId}/${percent}`;
}

/** The budget that an alert is about; undefined for an alert about something else. */
export function budgetOfAlert(alertId: string): string | undefined {
  return /^budget\/([^/]+)\/\d+$/.exec(alertId)?.[1];
}

function scopeLabels({ scope }: Budget): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const name of ["tenant", "user", "project", "provider", "model"] as const) {
    const value = scope?.[name] ?? "";
    if (value !== "") labels[name] = value;
  }
  return labels;
}
