import { earnRetry, type RetryBudget, type RetryBudgetSettings, spendRetry } from "@fairlead/decision/fallback/retry-budget";

/** The retry budget of this process. */
export class RetryPurse {
  readonly #settings: RetryBudgetSettings;
  #budget: RetryBudget;

  constructor(settings: RetryBudgetSettings) {
    this.#settings = settings;
    this.#budget = { tokens: settings.most };
  }

  /** A call was made. */
  earn(): void {
    this.#budget = earnRetry(this.#budget, this.#settings);
  }

  /** Whether a further call of the same target may be made; if so, it is paid for. */
  spend(): boolean {
    const left = spendRetry(this.#budget);
    if (left === undefined) return false;
    this.#budget = left;
    return true;
  }
}
