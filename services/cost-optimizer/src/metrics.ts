import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import type { GrantOutcome, SettleOutcome } from "@fairlead/state/budget-ledger";
import { Counter, Gauge, type Registry } from "prom-client";

/** The figures of the service. */
export interface CostMetrics {
  granted(kind: GrantOutcome["kind"]): void;
  settled(outcome: SettleOutcome): void;
  spent(lines: readonly CostLine[]): void;
  /** Counts an event that can never be settled. */
  malformed(): void;
  swept(leases: number): void;
  /** Counts a time at which the store could not be used. */
  storeFailed(): void;
}

/** What gauges and labels are read from. */
export interface MetricSources {
  readonly budgets: () => readonly BudgetState[];
  /** True for models with a price: only those become labels. */
  readonly priced: (provider: string, model: string) => boolean;
}

const NANO_USD_PER_USD = 1e9;
const MAX_BUDGET_LABELS = 100;
const MAX_MODEL_LABELS = 500;

/** Registers the metrics. */
export function createMetrics(registry: Registry, sources: MetricSources): CostMetrics {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const cost = counter("fairlead_cost_usd_total", "Settled spend in dollars.", ["provider", "model"]);
  const overrun = counter("fairlead_budget_overrun_usd_total", "Spend in dollars that budgets had no room for.");
  const duplicates = counter("fairlead_settle_duplicates_total", "Settlements that had been made already.");
  const grants = counter("fairlead_lease_grants_total", "Leases asked for.", ["outcome"]);
  const swept = counter("fairlead_leases_swept_total", "Leases that were over before they were resolved.");
  const malformed = counter("fairlead_cost_events_malformed_total", "Events of costs that break their limits.");
  const failures = counter("fairlead_cost_store_failures_total", "Times that the store could not be used.");
  registerRatio(registry, sources);
  const label = modelLabels(sources.priced);

  return {
    granted: (kind) => grants.inc({ outcome: kind }),
    settled({ kind, overrun: amount }) {
      if (kind === "duplicate") duplicates.inc();
      if (amount > 0n) overrun.inc(Number(amount) / NANO_USD_PER_USD);
    },
    spent(lines) {
      for (const line of lines) cost.inc(label(line), Number(line.costNanoUsd) / NANO_USD_PER_USD);
    },
    malformed: () => malformed.inc(),
    swept: (leases) => swept.inc(leases),
    storeFailed: () => failures.inc(),
  };
}

function registerRatio(registry: Registry, { budgets }: MetricSources): void {
  const gauge = new Gauge({
    name: "fairlead_budget_settled_ratio",
    help: "Settled part of a budget's window, for the first 100 budgets by id.",
    labelNames: ["budget"],
    registers: [],
    collect() {
      this.reset();
      for (const { budget, settledNanoUsd } of budgets().slice(0, MAX_BUDGET_LABELS)) {
        if (budget === undefined || budget.limitNanoUsd === 0n) continue;
        this.set({ budget: budget.budgetId }, Number(settledNanoUsd) / Number(budget.limitNanoUsd));
      }
    },
  });
  registry.registerMetric(gauge);
}

interface ModelLabels {
  readonly provider: string;
  readonly model: string;
}

/** Labels from a closed set, made once each: models with a price, the first 500 of them; the rest is "other". */
function modelLabels(priced: MetricSources["priced"]): (line: CostLine) => ModelLabels & Record<string, string> {
  const known = new Map<string, ModelLabels & Record<string, string>>();
  const other = { provider: "other", model: "other" };
  return ({ provider, model }) => {
    const key = `${provider}/${model}`;
    const label = known.get(key);
    if (label !== undefined) return label;
    if (known.size >= MAX_MODEL_LABELS || !priced(provider, model)) return other;
    const made = { provider, model };
    known.set(key, made);
    return made;
  };
}
