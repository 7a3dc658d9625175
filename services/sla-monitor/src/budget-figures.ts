import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import type { AlertRule } from "@fairlead/decision/sla/alert-rule";
import type { Client } from "@fairlead/rpc/call";

/** Milliseconds between two looks, and for one of them. */
const EVERY_MS = 5_000;
const PATIENCE_MS = 2_000;
/** Milliseconds after which what was seen says nothing any more. */
const STALE_MS = 60_000;

/** What of budgets is spent, asked for now and then where a rule is about it. */
export class BudgetFigures {
  readonly #cost: (() => Client<typeof CostService>) | undefined;
  #known: readonly BudgetState[] | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #knownAt = Number.NEGATIVE_INFINITY;
  #asking = false;

  constructor(cost: (() => Client<typeof CostService>) | undefined, rules: readonly AlertRule[]) {
    this.#cost = rules.some(({ each }) => each === "budget") ? cost : undefined;
  }

  /** The budgets as they were seen last; undefined where they are not known now. Asks anew when it is time. */
  look(now: number): readonly BudgetState[] | undefined {
    if (this.#cost !== undefined && !this.#asking && Math.abs(now - this.#askedAt) >= EVERY_MS) void this.#ask(this.#cost(), now);
    return now - this.#knownAt > STALE_MS ? undefined : this.#known;
  }

  async #ask(cost: Client<typeof CostService>, now: number): Promise<void> {
    this.#asking = true;
    this.#askedAt = now;
    try {
      this.#known = (await cost.listBudgets({}, { deadline: Date.now() + PATIENCE_MS })).budgets;
      this.#knownAt = now;
    } catch {
      // Without an answer the last one stays for a while; whether the service answers is its own metric.
    }
    this.#asking = false;
  }
}
