import { Counter, type Registry } from "prom-client";
import { reportedGauge } from "../reported-gauge.ts";
import type { KeyStates } from "./key-ring.ts";

/** What became of a change of a source. */
export type KeyChange = "loaded" | "withdrawn" | "broken";

/** The keys of a deployment as metrics tell them. */
export interface KeyMetrics {
  changed(outcome: KeyChange): void;
  /** Tells of the keys no more. */
  close(): void;
}

/** Measures the keys of a deployment; their states are looked at when metrics are read. */
export function measureKeys(registry: Registry, provider: string, deployment: string, states: () => KeyStates): KeyMetrics {
  const help = "Keys of a provider's deployment by whether they are used: ready, resting for some model, or dead because refused.";
  const gauge = reportedGauge(registry, "fairlead_adapter_keys", help, ["provider", "deployment", "state"]);
  const changes = changesCounter(registry);
  const report = () => {
    for (const [state, count] of Object.entries(states())) gauge.labels(provider, deployment, state).set(count);
  };
  gauge.reports.add(report);
  for (const outcome of ["loaded", "withdrawn", "broken"]) changes.labels(provider, deployment, outcome).inc(0);
  return {
    changed: (outcome) => changes.labels(provider, deployment, outcome).inc(),
    close() {
      gauge.reports.delete(report);
      for (const state of Object.keys(states())) gauge.remove(provider, deployment, state);
    },
  };
}

function changesCounter(registry: Registry): Counter<string> {
  const name = "fairlead_adapter_key_changes_total";
  const known = registry.getSingleMetric(name) as Counter<string> | undefined;
  const help = "Changes of a provider's keys while the adapter ran, by whether they could be used.";
  return known ?? new Counter({ name, help, labelNames: ["provider", "deployment", "outcome"], registers: [registry] });
}
