import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { type BudgetThreshold, reachedThresholds } from "@fairlead/decision/cost/reached-thresholds";

/** An alert of a budget that began or is over. */
export interface BudgetAlert {
  /** Name of the event: the same from every replica, so that whoever hears it acts once. */
  readonly eventId: string;
  readonly alertId: string;
  readonly severity: BudgetThreshold["severity"];
  readonly message: string;
  readonly resolved: boolean;
}

interface Told {
  readonly windowStartMs: number;
  readonly thresholds: readonly BudgetThreshold[];
}

/** Finds out which alerts of budgets are to be told: each threshold once in a window, and its end. */
export class BudgetAlerts {
  readonly #told = new Map<string, Told>();

  /** The alerts that follow from a budget's new state; undefined: the budget is gone. */
  next(budgetId: string, state: BudgetState | undefined): BudgetAlert[] {
    const before = this.#told.get(budgetId);
    const now = state === undefined ? undefined : { windowStartMs: startOf(state), thresholds: reachedThresholds(state) };
    if (now === undefined || now.thresholds.length === 0) this.#told.delete(budgetId);
    else this.#told.set(budgetId, now);
    const sameWindow = before !== undefined && before.windowStartMs === now?.windowStartMs;
    const over = (before?.thresholds ?? []).filter((one) => !has(now, one));
    const begun = (now?.thresholds ?? []).filter((one) => !(sameWindow && has(before, one)));
    return [
      ...over.map((one) => alertOf(budgetId, before?.windowStartMs ?? 0, one, true)),
      ...begun.map((one) => alertOf(budgetId, now?.windowStartMs ?? 0, one, false)),
    ];
  }
}

function has(told: Told | undefined, threshold: BudgetThreshold): boolean {
  return told?.thresholds.some(({ percent }) => percent === threshold.percent) ?? false;
}

function alertOf(budgetId: string, windowStartMs: number, { percent, severity }: BudgetThreshold, resolved: boolean): BudgetAlert {
  const alertId = `budget/${budgetId}/${percent}`;
  return {
    eventId: `${alertId}/${windowStartMs}${resolved ? "/resolved" : ""}`,
    alertId,
    severity,
    message: resolved
      ? `Budget ${budgetId} is below ${percent} percent again.`
      : `Budget ${budgetId} has ${percent} percent or more of its window spent.`,
    resolved,
  };
}

function startOf(state: BudgetState): number {
  return state.windowStart === undefined ? 0 : timestampMs(state.windowStart);
}
