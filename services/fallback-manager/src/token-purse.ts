import { earnRetry, type RetryBudget, type RetryBudgetSettings, spendRetry } from "@fairlead/decision/fallback/retry-budget";

/** A budget of further calls in this process: each request earns a share of one. */
export class TokenPurse {
  readonly #settings: RetryBudgetSettings;
  #budget: RetryBudget;

  constructor(settings: RetryBudgetSettings) {
    this.#settings = settings;
    this.#budget = { tokens: settings.most };
  }

  /** A request came. */
  earn(): void {
    this.#budget = earnRetry(this.#budget, this.#settings);
  }

  /** Whether a further call may be made; if so, it is paid for. */
  spend(): boolean {
    const left = spendRetry(this.#budget);
    if (left === undefined) return false;
    this.#budget = left;
    return true;
  }
}
