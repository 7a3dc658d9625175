import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import { Counter, Gauge, type Registry } from "prom-client";

/** What became of an ask for quota. */
export type QuotaOutcome = "granted" | "wait" | "failed";

/** The figures of the service itself. */
export interface LoadBalancerMetrics {
  /** Counts an event of a target that there was no room for. */
  ignored(): void;
  /** Counts an ask for quota. */
  quota(outcome: QuotaOutcome): void;
}

/** A figure of a target with further labels. */
interface Reading {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

interface TargetGauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly read: (target: TargetState) => readonly Reading[];
}

const one = (figure: (target: TargetState) => number) => (target: TargetState) => [{ value: figure(target) }];

const GAUGES: readonly TargetGauge[] = [
  { name: "fairlead_target_latency_ms", help: "Peak-EWMA latency of a target in milliseconds.", read: one((target) => target.latencyMs) },
  {
    name: "fairlead_target_latency_quantile_ms",
    help: "Percentiles of the latency of a target in milliseconds.",
    labels: ["quantile"],
    read: ({ latencyP50Ms, latencyP95Ms, latencyP99Ms }) => [
      { value: latencyP50Ms, labels: { quantile: "0.5" } },
      { value: latencyP95Ms, labels: { quantile: "0.95" } },
      { value: latencyP99Ms, labels: { quantile: "0.99" } },
    ],
  },
  { name: "fairlead_target_first_token_ms", help: "Milliseconds to the first content of streams.", read: one((target) => target.firstTokenMs) },
  { name: "fairlead_target_tokens_per_second", help: "Output tokens a second of a call.", read: one((target) => target.tokensPerSecond) },
  { name: "fairlead_target_success_ratio", help: "Share of a target's calls that succeed.", read: one((target) => target.successRate) },
  { name: "fairlead_target_weight", help: "Share of the traffic of a target among its equals.", read: one((target) => target.weight) },
  { name: "fairlead_target_active_calls", help: "Calls in flight over all executors.", read: one((target) => target.active) },
  { name: "fairlead_target_queued_calls", help: "Calls that wait to be sent over all executors.", read: one((target) => target.queued) },
  { name: "fairlead_target_requests_per_minute", help: "Calls in the last minute.", read: one((target) => target.requestsPerMinute) },
  { name: "fairlead_target_tokens_per_minute", help: "Tokens in and out in the last minute.", read: one((target) => target.tokensPerMinute) },
  {
    name: "fairlead_target_cost_per_success_usd",
    help: "Dollars for each call that succeeded.",
    read: one((target) => Number(target.costPerSuccessNanoUsd) / 1e9),
  },
  {
    name: "fairlead_target_errors",
    help: "Failures of a target by error code, fading with age.",
    labels: ["code"],
    read: ({ errors }) => Object.entries(errors).map(([code, value]) => ({ value, labels: { code } })),
  },
  {
    name: "fairlead_target_headroom_ratio",
    help: "Share of what the provider lets through in a minute that is left.",
    labels: ["of"],
    read: ({ requestHeadroom, tokenHeadroom }) => [
      { value: requestHeadroom, labels: { of: "requests" } },
      { value: tokenHeadroom, labels: { of: "tokens" } },
    ],
  },
];

/** Registers the metrics. Gauges are read when they are scraped and name only targets on offer. */
export function createMetrics(registry: Registry, targets: () => readonly TargetState[]): LoadBalancerMetrics {
  for (const gauge of GAUGES) registerGauge(registry, targets, gauge);
  const ignored = new Counter({
    name: "fairlead_balancing_ignored_events_total",
    help: "Events of targets that are not kept because the book is full.",
    registers: [registry],
  });
  const quotas = new Counter({
    name: "fairlead_balancing_quota_requests_total",
    help: "Asks for a share of a provider account's limits by what became of them.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  for (const outcome of ["granted", "wait", "failed"]) quotas.inc({ outcome }, 0);
  return { ignored: () => ignored.inc(), quota: (outcome) => quotas.inc({ outcome }) };
}

function registerGauge(
  registry: Registry,
  targets: () => readonly TargetState[],
  { name, help, labels = [], read }: TargetGauge,
): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: ["provider", "model", "deployment", ...labels],
    registers: [],
    collect() {
      this.reset();
      for (const target of targets()) {
        for (const reading of read(target)) this.set({ ...namesOf(target), ...reading.labels }, reading.value);
      }
    },
  });
  registry.registerMetric(metric);
}

function namesOf({ provider, model, deployment }: TargetState): Record<string, string> {
  return deployment === "" ? { provider, model } : { provider, model, deployment };
}
