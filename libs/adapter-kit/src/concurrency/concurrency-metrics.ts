import type { Registry } from "prom-client";
import { reportedGauge } from "../reported-gauge.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";

const LABELS = ["provider", "deployment", "model"];

/** Tells the limits of a provider's targets and how they are used, whenever metrics are read. */
export function measureConcurrency(registry: Registry, provider: string, limiter: ConcurrencyLimiter): void {
  const limits = reportedGauge(registry, "fairlead_adapter_concurrency_limit", "Calls of a target at the same time that its latency lets through.", LABELS);
  const running = reportedGauge(registry, "fairlead_adapter_calls_in_flight", "Calls of a target that are under way.", LABELS);
  const waiting = reportedGauge(registry, "fairlead_adapter_calls_waiting", "Calls of a target that wait for their turn.", LABELS);
  limits.reports.add(() => {
    for (const { deployment, model, limit } of limiter.targets) limits.labels(provider, deployment, model).set(limit);
  });
  running.reports.add(() => {
    for (const { deployment, model, inFlight } of limiter.targets) running.labels(provider, deployment, model).set(inFlight);
  });
  waiting.reports.add(() => {
    for (const { deployment, model, waiting: count } of limiter.targets) waiting.labels(provider, deployment, model).set(count);
  });
}
