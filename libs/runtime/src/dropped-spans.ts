import { type Attributes, type Counter, createNoopMeter, type Meter, type MeterProvider } from "@opentelemetry/api";
import { Counter as PrometheusCounter, type Registry } from "prom-client";

/** The SDK's own count of spans that its processor is done with, well or badly, by OpenTelemetry's name for it. */
const PROCESSED = "otel.sdk.processor.span.processed";
const QUEUE_FULL = "queue_full";

/**
 * Where the SDK may tell what became of spans: those that never reached a collector are counted among the metrics of the
 * process, as fairlead_spans_dropped_total. All else that the SDK measures of itself is not kept.
 */
export function droppedSpansMeter(metrics: Registry): MeterProvider {
  const dropped = new PrometheusCounter({
    name: "fairlead_spans_dropped_total",
    help: "Spans that were not exported: the queue was full because the collector is slow, or sending them failed.",
    labelNames: ["reason"] as const,
    registers: [metrics],
  });
  const children = { [QUEUE_FULL]: dropped.labels(QUEUE_FULL), export_failed: dropped.labels("export_failed") };
  for (const child of Object.values(children)) child.inc(0);
  const processed: Counter = {
    add(count, attributes?: Attributes) {
      const error = attributes?.["error.type"];
      if (error !== undefined) children[error === QUEUE_FULL ? QUEUE_FULL : "export_failed"].inc(count);
    },
  };
  const silent = createNoopMeter();
  const meter: Meter = Object.assign(Object.create(silent) as Meter, {
    createCounter: (name: string): Counter => (name === PROCESSED ? processed : silent.createCounter(name)),
  });
  return { getMeter: () => meter };
}
