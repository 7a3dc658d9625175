import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import type { GrantOutcome, SettleOutcome } from "@fairlead/state/budget-ledger";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ToldAlert } from "./alert-book.ts";
import type { ForecastMiss } from "./forecast-note.ts";

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
  alerted(alert: ToldAlert): void;
  /** Takes in how far a forecast of half-way was off. */
  missed(miss: ForecastMiss): void;
  recorded(decisions: number): void;
  /** Counts decisions that could not be recorded in time. */
  dropped(decisions: number): void;
  /** Takes in an operation of the ledger and how long it took. */
  ledgerUsed(operation: string, failed: boolean, seconds: number): void;
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
const MISSES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

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
  const alerts = counter("fairlead_cost_alerts_total", "Alerts told.", ["kind", "severity", "change"]);
  const decisions = counter("fairlead_decisions_recorded_total", "Decisions recorded, for replay.", ["outcome"]);
  const operations = counter("fairlead_ledger_operations_total", "Operations of the ledger.", ["operation", "outcome"]);
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[] = []) =>
    new Histogram({ name, help, buckets, labelNames, registers: [registry] });
  const misses = histogram(
    "fairlead_forecast_error_ratio",
    "How far forecasts of half-way were off, as a share of the spend.",
    MISSES,
  );
  const durations = histogram(
    "fairlead_ledger_operation_duration_seconds",
    "Time of operations of the ledger.",
    SECONDS,
    ["operation"],
  );
  registerRatios(registry, sources);
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
    alerted: ({ alert, resolved }) =>
      alerts.inc({
        kind: alert.alertId.split("/", 1)[0] ?? "",
        severity: alert.severity,
        change: resolved ? "resolved" : "raised",
      }),
    missed: ({ share }) => misses.observe(share),
    recorded: (count) => decisions.inc({ outcome: "kept" }, count),
    dropped: (count) => decisions.inc({ outcome: "dropped" }, count),
    ledgerUsed(operation, failed, seconds) {
      operations.inc({ operation, outcome: failed ? "failed" : "done" });
      durations.observe({ operation }, seconds);
    },
  };
}

function registerRatios(registry: Registry, { budgets }: MetricSources): void {
  const ratio = (name: string, help: string, amountOf: (state: BudgetState) => bigint | undefined) => {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ["budget"],
      registers: [],
      collect() {
        this.reset();
        for (const state of budgets().slice(0, MAX_BUDGET_LABELS)) {
          const { budgetId, limitNanoUsd } = state.budget ?? { budgetId: "", limitNanoUsd: 0n };
          const amount = amountOf(state);
          if (amount !== undefined && limitNanoUsd > 0n)
            this.set({ budget: budgetId }, Number(amount) / Number(limitNanoUsd));
        }
      },
    });
    registry.registerMetric(gauge);
  };
  const first = "for the first 100 budgets by id.";
  ratio(
    "fairlead_budget_settled_ratio",
    `Settled part of a budget's window, ${first}`,
    (state) => state.settledNanoUsd,
  );
  ratio(
    "fairlead_budget_leased_ratio",
    `Part of a budget's window that is handed out, ${first}`,
    (state) => state.leasedNanoUsd,
  );
  ratio(
    "fairlead_budget_expected_ratio",
    `Part of a budget expected to be spent in its window, ${first}`,
    (state) => state.expectedNanoUsd,
  );
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
