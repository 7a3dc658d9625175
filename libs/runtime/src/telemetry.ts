import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { Registry } from "prom-client";

/** Running export of traces. */
export interface Telemetry {
  /** Sends what is waiting, for a bounded time, and ends the export. */
  close(): Promise<void>;
}

/** Whose traces are exported. */
export interface TelemetrySettings {
  /** For example "router". */
  readonly serviceName: string;
  /** Unique for this run of this process. */
  readonly instance: string;
  /** OTLP over HTTP, for example "http://127.0.0.1:4318". Empty: no export. */
  readonly endpoint: string;
  /** Gets the count of spans that could not be exported. */
  readonly metrics: Registry;
}

/**
 * Starts tracing for this process. The SDK is loaded only where there is an endpoint, since it costs 50 MB and 200 ms;
 * without it trace ids still pass through. Sampler and ratio come by the SDK's own OTEL_TRACES_SAMPLER variables.
 */
export async function startTelemetry({ endpoint, ...settings }: TelemetrySettings): Promise<Telemetry> {
  const textMapPropagator = new W3CTraceContextPropagator();
  if (endpoint === "") {
    propagation.setGlobalPropagator(textMapPropagator);
    return { close: () => Promise.resolve() };
  }
  const { exportSpans } = await import("./export-spans.ts");
  return exportSpans({ ...settings, textMapPropagator });
}
