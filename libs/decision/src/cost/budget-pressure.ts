import { type BudgetState, BudgetLevel, CapAction } from "@fairlead/contracts/cost/v1/budget";

/** How the budgets that bound a request stand together. */
export interface BudgetPressure {
  /** Share of the most used one that is settled, 0 to 1. */
  readonly used: number;
  /** Largest expected spend by the end of a window as a share of its limit; undefined: none is known. */
  readonly expected: number | undefined;
  /** The one whose level is highest; undefined: the request is under none. */
  readonly worst: BudgetState | undefined;
  readonly level: BudgetLevel;
  /** True when requests without room go to models that cost nothing, by the budget that is worst. */
  readonly freeAtCap: boolean;
}

/** Looks at the budgets that bound a request together. */
export function budgetPressure(states: readonly BudgetState[]): BudgetPressure {
  let used = 0;
  let expected: number | undefined;
  let worst: BudgetState | undefined;
  for (const state of states) {
    const limit = Number(state.budget?.limitNanoUsd ?? 0n);
    used = Math.max(used, share(Number(state.settledNanoUsd), limit));
    if (state.expectedNanoUsd !== undefined) expected = Math.max(expected ?? 0, share(Number(state.expectedNanoUsd), limit));
    if (worst === undefined || state.level > worst.level) worst = state;
  }
  return {
    used: Math.min(1, used),
    expected,
    worst,
    level: worst?.level ?? BudgetLevel.UNSPECIFIED,
    freeAtCap: worst?.budget?.capAction === CapAction.FREE_MODEL,
  };
}

function share(amount: number, limit: number): number {
  return limit > 0 ? amount / limit : 1;
}
