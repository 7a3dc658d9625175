import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";

/** Spans kept for export at most; beyond them new ones are dropped, so that a slow collector costs no memory. */
const QUEUE = 16_384;
const BATCH = 1_024;
const DELAY_MS = 1_000;

/** Running export of traces. */
export interface Telemetry {
  /** Sends what is waiting and ends the export. */
  close(): Promise<void>;
}

/**
 * Starts tracing for this process. The SDK is loaded only where there is an endpoint, since it costs 50 MB and 200 ms;
 * without it trace ids still pass through. Sampler and ratio come by the SDK's own OTEL_TRACES_SAMPLER variables.
 *
 * @param endpoint OTLP over HTTP, for example "http://127.0.0.1:4318". Empty: no export
 */
export async function startTelemetry(serviceName: string, instance: string, endpoint: string): Promise<Telemetry> {
  const textMapPropagator = new W3CTraceContextPropagator();
  if (endpoint === "") {
    propagation.setGlobalPropagator(textMapPropagator);
    return { close: () => Promise.resolve() };
  }
  const [{ NodeSDK }, { BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-proto"),
    import("@opentelemetry/resources"),
  ]);
  const exporter = new OTLPTraceExporter();
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ "service.name": serviceName, "service.namespace": "fairlead", "service.instance.id": instance }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE, maxExportBatchSize: BATCH, scheduledDelayMillis: DELAY_MS }),
    ],
    textMapPropagator,
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return { close: () => sdk.shutdown() };
}
