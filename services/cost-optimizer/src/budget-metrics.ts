import { BudgetLevel, type BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { Gauge, type Registry } from "prom-client";

/** Where the budgets come from. */
export interface BudgetSource {
  readonly budgets: () => readonly BudgetState[];
}

interface BudgetGauge {
  readonly name: string;
  readonly help: string;
  /** Undefined: there is nothing to tell. */
  readonly read: (state: BudgetState, limit: number) => number | undefined;
}

const MAX_BUDGET_LABELS = 100;
const NANO_USD_PER_USD = 1e9;
const WHICH = `for the ${MAX_BUDGET_LABELS} budgets of which most is used.`;
const DEGREE: Readonly<Record<BudgetLevel, number>> = {
  [BudgetLevel.UNSPECIFIED]: 0,
  [BudgetLevel.NORMAL]: 0,
  [BudgetLevel.ECONOMY]: 1,
  [BudgetLevel.EMERGENCY]: 2,
  [BudgetLevel.EXHAUSTED]: 3,
};

const GAUGES: readonly BudgetGauge[] = [
  { name: "fairlead_budget_limit_usd", help: `Limit of a budget's window in dollars, ${WHICH}`, read: (_, limit) => limit / NANO_USD_PER_USD },
  { name: "fairlead_budget_settled_ratio", help: `Settled part of a budget's window, ${WHICH}`, read: (state, limit) => Number(state.settledNanoUsd) / limit },
  { name: "fairlead_budget_leased_ratio", help: `Part of a budget's window that is handed out, ${WHICH}`, read: (state, limit) => Number(state.leasedNanoUsd) / limit },
  {
    name: "fairlead_budget_expected_ratio",
    help: `Part of a budget expected to be spent in its window, ${WHICH}`,
    read: ({ expectedNanoUsd }, limit) => (expectedNanoUsd === undefined ? undefined : Number(expectedNanoUsd) / limit),
  },
  { name: "fairlead_budget_level", help: `Level of a budget: 0 normal, 1 economy, 2 emergency, 3 exhausted, ${WHICH}`, read: ({ level }) => DEGREE[level] },
];

/** Tells of budgets when metrics are read. */
export function measureBudgets(registry: Registry, { budgets }: BudgetSource): void {
  for (const { name, help, read } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ["budget"],
      registers: [],
      collect() {
        this.reset();
        for (const state of mostUsed(budgets())) {
          const { budgetId, limitNanoUsd } = state.budget ?? { budgetId: "", limitNanoUsd: 0n };
          const value = limitNanoUsd > 0n ? read(state, Number(limitNanoUsd)) : undefined;
          if (value !== undefined) this.labels(budgetId).set(value);
        }
      },
    });
    registry.registerMetric(gauge);
  }
}

function mostUsed(budgets: readonly BudgetState[]): readonly BudgetState[] {
  if (budgets.length <= MAX_BUDGET_LABELS) return budgets;
  return [...budgets].sort((a, b) => usedShare(b) - usedShare(a)).slice(0, MAX_BUDGET_LABELS);
}

function usedShare({ budget, settledNanoUsd }: BudgetState): number {
  return Number(settledNanoUsd) / Math.max(1, Number(budget?.limitNanoUsd ?? 0n));
}
