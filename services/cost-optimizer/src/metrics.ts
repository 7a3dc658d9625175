import type { CostIncurred } from "@fairlead/contracts/events/v1/event";
import { boundedLabel } from "@fairlead/runtime/bounded-label";
import { metricChildren } from "@fairlead/runtime/metric-children";
import type { GrantOutcome, SettleOutcome } from "@fairlead/state/budget-ledger";
import { Counter, Histogram, type Registry } from "prom-client";
import type { ToldAlert } from "./alert-book.ts";
import { type BudgetSource, measureBudgets } from "./budget-metrics.ts";
import type { ForecastMiss } from "./forecast-note.ts";

/** The figures of the service. */
export interface CostMetrics {
  granted(kind: GrantOutcome["kind"]): void;
  settled(outcome: SettleOutcome): void;
  /** Takes in a cost that was settled, and the seconds from when it was told until then. */
  spent(incurred: CostIncurred, delaySeconds: number): void;
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
export interface MetricSources extends BudgetSource {
  /** True for models with a price: only those become labels. */
  readonly priced: (provider: string, model: string) => boolean;
}

const LEDGER_OPERATIONS = ["put_budget", "delete_budget", "list_budgets", "read_states", "grant", "return_lease", "settle", "sweep"];
const NANO_USD_PER_USD = 1e9;
const MAX_MODEL_LABELS = 500;
/** Tenants that have a label of their own; all others share "other". */
const MAX_TENANT_LABELS = 100;
const MISSES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const DELAYS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800];
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** Registers the metrics. */
export function createMetrics(registry: Registry, sources: MetricSources): CostMetrics {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const spent = spendCounters(registry, sources.priced);
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
  const delays = histogram("fairlead_settle_delay_seconds", "Seconds from when a cost was told until it was settled.", DELAYS);
  measureBudgets(registry, sources);
  for (const outcome of ["granted", "refused"]) grants.inc({ outcome }, 0);
  for (const operation of LEDGER_OPERATIONS) for (const outcome of ["done", "failed"]) operations.inc({ operation, outcome }, 0);
  for (const outcome of ["kept", "dropped"]) decisions.inc({ outcome }, 0);

  return {
    granted: (kind) => grants.inc({ outcome: kind }),
    settled({ kind, overrun: amount }) {
      if (kind === "duplicate") duplicates.inc();
      if (amount > 0n) overrun.inc(Number(amount) / NANO_USD_PER_USD);
    },
    spent(incurred, delaySeconds) {
      spent(incurred);
      delays.observe(Math.max(0, delaySeconds));
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

/** Counts spend by model and by tenant, and what it would have been elsewhere. */
function spendCounters(registry: Registry, priced: MetricSources["priced"]): (incurred: CostIncurred) => void {
  const counter = (name: string, help: string, labelNames: string[]) => metricChildren(new Counter({ name, help, labelNames, registers: [registry] }));
  const own = `the first ${MAX_TENANT_LABELS} tenants have a label of their own.`;
  const costOf = counter("fairlead_cost_usd_total", "Settled spend in dollars.", ["provider", "model"]);
  const ofTenant = counter("fairlead_tenant_cost_usd_total", `Settled spend in dollars by tenant; ${own}`, ["tenant"]);
  const tokensOf = counter("fairlead_tenant_tokens_total", `Tokens that were paid for by tenant and direction; ${own}`, ["tenant", "type"]);
  const comparedOf = counter(
    "fairlead_compared_cost_usd_total",
    "Dollars that answers would have cost elsewhere: at the dearest target that could have given them, at the one that was asked for.",
    ["with"],
  );
  const paidOf = counter("fairlead_compared_spend_usd_total", "Dollars that those answers did cost that are compared.", ["with"]);
  for (const other of ["dearest", "requested"]) {
    comparedOf(other).inc(0);
    paidOf(other).inc(0);
  }
  const tenantLabel = boundedLabel(MAX_TENANT_LABELS);
  const label = modelLabels(priced);
  const compare = (other: string, cost: bigint | undefined, paid: number) => {
    if (cost === undefined) return;
    comparedOf(other).inc(Number(cost) / NANO_USD_PER_USD);
    paidOf(other).inc(paid);
  };
  return ({ tenant: name, lines, dearestCostNanoUsd, requestedCostNanoUsd }) => {
    const tenant = tenantLabel(name);
    let sum = 0;
    for (const { provider, model, costNanoUsd, usage } of lines) {
      const cost = Number(costNanoUsd) / NANO_USD_PER_USD;
      sum += cost;
      costOf(...label(provider, model)).inc(cost);
      if (usage === undefined) continue;
      const { inputTokens, cacheReadTokens, cacheWriteTokens, audioInputTokens, imageInputTokens } = usage;
      const { outputTokens, reasoningTokens, audioOutputTokens, imageOutputTokens } = usage;
      tokensOf(tenant, "input").inc(inputTokens + cacheReadTokens + cacheWriteTokens + audioInputTokens + imageInputTokens);
      tokensOf(tenant, "output").inc(outputTokens + reasoningTokens + audioOutputTokens + imageOutputTokens);
    }
    ofTenant(tenant).inc(sum);
    compare("dearest", dearestCostNanoUsd, sum);
    compare("requested", requestedCostNanoUsd, sum);
  };
}

const OTHER: readonly [provider: string, model: string] = ["other", "other"];

/** Labels from a closed set: models with a price, the first 500 of them; the rest is "other". */
function modelLabels(priced: MetricSources["priced"]): (provider: string, model: string) => readonly [provider: string, model: string] {
  const known = new Map<string, readonly [provider: string, model: string]>();
  return (provider, model) => {
    const key = `${provider}/${model}`;
    const label = known.get(key);
    if (label !== undefined) return label;
    if (known.size >= MAX_MODEL_LABELS || !priced(provider, model)) return OTHER;
    const made = [provider, model] as const;
    known.set(key, made);
    return made;
  };
}
