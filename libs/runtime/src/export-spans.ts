import { within } from "@fairlead/rpc/within";
import type { TextMapPropagator } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import type { Registry } from "prom-client";
import { droppedSpansMeter } from "./dropped-spans.ts";
import type { Telemetry } from "./telemetry.ts";
import { telemetryResource } from "./telemetry-resource.ts";

/** Spans kept for export at most; beyond them new ones are dropped and counted, so that a slow collector costs no memory. */
const QUEUE = 16_384;
const BATCH = 1_024;
const DELAY_MS = 1_000;
/** Milliseconds that the end of a process waits for its last spans: a collector that is away must not use up its grace. */
const CLOSE_MS = 3_000;

/** Who exports, and where it is counted what was lost. */
export interface ExportSettings {
  readonly serviceName: string;
  readonly instance: string;
  readonly metrics: Registry;
  readonly textMapPropagator: TextMapPropagator;
}

/**
 * Makes the tracer of this process and exports its spans in batches. Where to, how much is sampled and how long sending
 * may take come by the SDK's own OTEL_ variables.
 */
export function exportSpans({ serviceName, instance, metrics, textMapPropagator }: ExportSettings): Telemetry {
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    maxQueueSize: QUEUE,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: DELAY_MS,
    selfObsMeterProvider: droppedSpansMeter(metrics),
  });
  const sdk = new NodeSDK({
    resource: telemetryResource(serviceName, instance),
    spanProcessors: [processor],
    textMapPropagator,
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return { close: () => within(sdk.shutdown(), CLOSE_MS) };
}
