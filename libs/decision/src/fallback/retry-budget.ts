/** What a retry budget remembers. Each call earns a share of a further one; a further call costs a whole. */
export interface RetryBudget {
  readonly tokens: number;
}

/** How much is earned and kept. */
export interface RetryBudgetSettings {
  /** Share of further calls to calls, 0 to 1. */
  readonly ratio: number;
  /** Further calls saved up at most. */
  readonly most: number;
}

/** Defaults: one further call for ten, ten saved up at most. */
export const DEFAULT_RETRY_BUDGET: RetryBudgetSettings = { ratio: 0.1, most: 10 };

/** A budget after one call. */
export function earnRetry(budget: RetryBudget, settings: RetryBudgetSettings): RetryBudget {
  return { tokens: Math.min(settings.most, budget.tokens + settings.ratio) };
}

/** A budget after a further call; undefined where there is not enough for it. */
export function spendRetry(budget: RetryBudget): RetryBudget | undefined {
  return budget.tokens < 1 ? undefined : { tokens: budget.tokens - 1 };
}
