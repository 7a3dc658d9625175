import { Counter, Gauge, type Registry } from "prom-client";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";

/** The figures of the service itself. */
export interface SlaMetrics {
  /** Counts the start or the end of an alert. */
  alert(resolved: boolean): void;
  /** Counts a call of a target that is not watched because there is no room. */
  unwatched(): void;
}

/** Where the verdicts come from. */
export interface VerdictSource {
  readonly targets: () => readonly TargetHealth[];
  /** True for a target that an adapter announced; others share the label "other". */
  readonly announced: (target: TargetHealth) => boolean;
}

/** Registers the metrics. */
export function createMetrics(registry: Registry, verdicts: VerdictSource): SlaMetrics {
  registerVerdicts(registry, verdicts);
  const alerts = new Counter({
    name: "fairlead_sla_alerts_total",
    help: "Starts and ends of alerts about targets.",
    labelNames: ["change"],
    registers: [registry],
  });
  const unwatched = new Counter({
    name: "fairlead_sla_unwatched_calls_total",
    help: "Calls of targets that are not watched because there are too many.",
    registers: [registry],
  });
  const raised = alerts.labels("raised");
  const resolved = alerts.labels("resolved");
  return { alert: (over) => (over ? resolved : raised).inc(), unwatched: () => unwatched.inc() };
}

/** Read when it is scraped; of the targets that are not announced the worst counts. */
function registerVerdicts(registry: Registry, { targets, announced }: VerdictSource): void {
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
