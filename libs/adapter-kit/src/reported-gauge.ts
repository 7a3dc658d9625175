import { Gauge, type Registry } from "prom-client";

/** A gauge that several providers of one process report to, each when metrics are read. */
export class ReportedGauge extends Gauge<string> {
  readonly reports = new Set<() => void>();
}

/** The gauge of a name, made at first use. */
export function reportedGauge(registry: Registry, name: string, help: string, labelNames: readonly string[]): ReportedGauge {
  const known = registry.getSingleMetric(name) as ReportedGauge | undefined;
  const gauge = known ?? new ReportedGauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const report of gauge.reports) report();
    },
  });
  return gauge;
}
