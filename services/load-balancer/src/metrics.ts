import { Counter, Gauge, type Registry } from "prom-client";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";

/** The figures of the service itself. */
export interface LoadBalancerMetrics {
  /** Counts an event of a target that there was no room for. */
  ignored(): void;
}

/** Registers the metrics. Gauges are read when they are scraped and name only targets on offer. */
export function createMetrics(registry: Registry, targets: () => readonly TargetState[]): LoadBalancerMetrics {
  gauge(
    registry,
    targets,
    "fairlead_target_latency_ms",
    "Peak-EWMA latency of a target in milliseconds.",
    (target) => target.latencyMs,
  );
  gauge(
    registry,
    targets,
    "fairlead_target_success_ratio",
    "Share of a target's calls that succeed.",
    (target) => target.successRate,
  );
  gauge(
    registry,
    targets,
    "fairlead_target_weight",
    "Share of the traffic of a target among its equals.",
    (target) => target.weight,
  );
  const ignored = new Counter({
    name: "fairlead_balancing_ignored_events_total",
    help: "Events of targets that are not kept because the book is full.",
    registers: [registry],
  });
  return { ignored: () => ignored.inc() };
}

function gauge(
  registry: Registry,
  targets: () => readonly TargetState[],
  name: string,
  help: string,
  figure: (target: TargetState) => number,
): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: ["provider", "model"],
    registers: [],
    collect() {
      this.reset();
      for (const target of targets()) this.set({ provider: target.provider, model: target.model }, figure(target));
    },
  });
  registry.registerMetric(metric);
}
