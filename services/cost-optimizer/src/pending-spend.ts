import type { Budget } from "@fairlead/contracts/cost/v1/budget";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import { type BudgetIndex, indexBudgets, matchBudgets, type Payer } from "@fairlead/decision/cost/match-budgets";
import type { SpendAt } from "@fairlead/decision/cost/forecast/advance-forecast";

/** Spend of about the same time is summed; the finest forecast tells minutes apart. */
const GRAIN_MS = 30_000;
/** Times that are told apart for one budget; spend of further times counts at the newest of them. */
const MOST_TIMES = 64;

/** Spend that was settled here and is not yet part of the budgets' forecasts. */
export class PendingSpend {
  readonly #pending = new Map<string, Map<number, SpendAt>>();
  #followed: readonly Budget[] = [];
  #index: BudgetIndex = indexBudgets([]);

  /** Says which budgets there are. */
  follow(budgets: readonly Budget[]): void {
    if (
      budgets.length === this.#followed.length &&
      budgets.every((budget, position) => budget === this.#followed[position])
    )
      return;
    this.#followed = budgets;
    this.#index = indexBudgets(budgets);
    const ids = new Set(budgets.map(({ budgetId }) => budgetId));
    for (const budgetId of this.#pending.keys()) if (!ids.has(budgetId)) this.#pending.delete(budgetId);
  }

  add(payer: Payer, lines: readonly CostLine[], occurredMs: number): void {
    for (const line of lines) {
      if (line.costNanoUsd === 0n) continue;
      for (const { budget } of matchBudgets(this.#index, payer, [line]))
        this.#add(budget.budgetId, line.costNanoUsd, occurredMs);
    }
  }

  budgetIds(): string[] {
    return [...this.#pending.keys()];
  }

  /** Takes what is pending of a budget; to be put back where it could not be stored. */
  take(budgetId: string): SpendAt[] {
    const times = this.#pending.get(budgetId) ?? new Map<number, SpendAt>();
    this.#pending.delete(budgetId);
    return [...times.values()].sort((a, b) => a.atMs - b.atMs);
  }

  putBack(budgetId: string, spend: readonly SpendAt[]): void {
    for (const { costNanoUsd, atMs } of spend) this.#add(budgetId, costNanoUsd, atMs);
  }

  #add(budgetId: string, cost: bigint, occurredMs: number): void {
    const times = this.#pending.get(budgetId) ?? new Map<number, SpendAt>();
    this.#pending.set(budgetId, times);
    let grain = Math.floor(occurredMs / GRAIN_MS);
    if (!times.has(grain) && times.size >= MOST_TIMES) grain = Math.max(...times.keys());
    const known = times.get(grain);
    times.set(grain, { costNanoUsd: (known?.costNanoUsd ?? 0n) + cost, atMs: Math.max(known?.atMs ?? 0, occurredMs) });
  }
}
