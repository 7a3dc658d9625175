import { type Alert, AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import type { BurnRates } from "@fairlead/contracts/sla/v1/level";
import { Counter, Gauge, type Registry } from "prom-client";
import type { DeliveryOutcome } from "./webhooks/webhook-endpoint.ts";

/** The figures of the service itself. */
export interface SlaMetrics {
  /** Counts a change of an alert. */
  alert(change: string): void;
  /** Counts a call of a target that is not watched because there is no room. */
  unwatched(): void;
  /** Counts what became of a message for a webhook, or of an attempt. */
  webhook(endpoint: string, outcome: DeliveryOutcome): void;
  /** Counts a check of a provider. */
  check(provider: string, answered: boolean): void;
}

/** Where figures come from that are read when they are scraped. */
export interface MetricSource {
  readonly targets: () => readonly TargetHealth[];
  /** True for a target that an adapter announced; others share the label "other". */
  readonly announced: (target: { readonly provider: string; readonly model: string }) => boolean;
  /** True for a provider that an adapter announced. */
  readonly knownProvider: (provider: string) => boolean;
  readonly activeAlerts: () => readonly Alert[];
  /** Burn rates of the success rate by provider; empty: the mesh as a whole. */
  readonly burns: () => Iterable<readonly [provider: string, burn: BurnRates]>;
}

const DELIVERY_OUTCOMES: readonly DeliveryOutcome[] = ["delivered", "retried", "given_up", "refused", "dropped"];

/** Registers the metrics. */
export function createMetrics(registry: Registry, source: MetricSource): SlaMetrics {
  registerVerdicts(registry, source);
  registerAlerts(registry, source);
  registerBurns(registry, source);
  const counter = (name: string, help: string, labelNames: string[] = []) => new Counter({ name, help, labelNames, registers: [registry] });
  const alerts = counter("fairlead_sla_alerts_total", "Changes of alerts that were told.", ["change"]);
  const unwatched = counter("fairlead_sla_unwatched_calls_total", "Calls of targets that are not watched because there are too many.");
  const webhooks = counter("fairlead_webhook_deliveries_total", "Messages to webhooks and attempts at them, by what became of them.", ["endpoint", "outcome"]);
  const checks = counter("fairlead_provider_checks_total", "Checks of providers, by whether they were answered.", ["provider", "outcome"]);
  const endpoints = new Set<string>();
  return {
    alert: (change) => alerts.labels(change).inc(),
    unwatched: () => unwatched.inc(),
    webhook(endpoint, outcome) {
      // All from the first on, so that the first that is given up is seen to rise.
      if (!endpoints.has(endpoint)) for (const one of DELIVERY_OUTCOMES) webhooks.labels(endpoint, one).inc(0);
      endpoints.add(endpoint);
      webhooks.labels(endpoint, outcome).inc();
    },
    check: (provider, answered) => checks.labels(source.knownProvider(provider) ? provider : "other", answered ? "answered" : "failed").inc(),
  };
}

/** Read when it is scraped; of the targets that are not announced the worst counts. */
function registerVerdicts(registry: Registry, { targets, announced }: MetricSource): void {
  const metric = new Gauge({
    name: "fairlead_target_verdict",
    help: "Verdict on a target: 0 not known, 1 healthy, 2 degraded, 3 unhealthy.",
    labelNames: ["provider", "model"],
    registers: [],
    collect() {
      this.reset();
      let worstOther = -1;
      for (const target of targets()) {
        if (announced(target)) this.set({ provider: target.provider, model: target.model }, target.verdict);
        else worstOther = Math.max(worstOther, target.verdict);
      }
      if (worstOther >= 0) this.set({ provider: "other", model: "other" }, worstOther);
    },
  });
  registry.registerMetric(metric);
}

function registerAlerts(registry: Registry, { activeAlerts }: MetricSource): void {
  const severities = [AlertSeverity.INFO, AlertSeverity.WARNING, AlertSeverity.CRITICAL, AlertSeverity.EMERGENCY];
  const metric = new Gauge({
    name: "fairlead_alerts_active",
    help: "Alerts that are not over, by how bad they are.",
    labelNames: ["severity"],
    registers: [],
    collect() {
      const active = activeAlerts();
      for (const severity of severities) {
        this.set({ severity: (AlertSeverity[severity] ?? "").toLowerCase() }, active.filter((alert) => alert.severity === severity).length);
      }
    },
  });
  registry.registerMetric(metric);
}

function registerBurns(registry: Registry, { burns, knownProvider }: MetricSource): void {
  const metric = new Gauge({
    name: "fairlead_sla_burn_rate",
    help: "Multiple of the pace at which the error budget of the success rate would just last, by provider.",
    labelNames: ["provider", "window"],
    registers: [],
    collect() {
      this.reset();
      for (const [provider, burn] of burns()) {
        if (provider !== "" && !knownProvider(provider)) continue;
        const windows = { "5m": burn.last5Minutes, "30m": burn.last30Minutes, "1h": burn.lastHour, "6h": burn.last6Hours };
        for (const [window, rate] of Object.entries(windows)) if (rate !== undefined) this.set({ provider: provider === "" ? "all" : provider, window }, rate);
      }
    },
  });
  registry.registerMetric(metric);
}
