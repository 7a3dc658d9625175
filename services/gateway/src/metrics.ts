import { countInFlight } from "@fairlead/runtime/in-flight";
import { metricChildren } from "@fairlead/runtime/metric-children";
import { Gauge, Histogram, type Registry } from "prom-client";

/** Counts requests at the edge. */
export interface HttpMetrics {
  /** A request of a route began; the result tells its end. Routes are a closed set. */
  began(route: string): (status: number) => void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Makes the metrics of the edge. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "Seconds from a request's headers to the end of its answer.",
    labelNames: ["http_route", "http_response_status_code"],
    buckets: SECONDS,
    registers,
  });
  const active = new Gauge({ name: "http_server_active_requests", help: "Requests under way.", labelNames: ["http_route"], registers });
  const durationOf = metricChildren(duration);
  const activeOf = metricChildren(active);
  const inFlight = countInFlight(registry);
  return {
    began(route) {
      const started = performance.now();
      const gauge = activeOf(route);
      gauge.inc();
      inFlight.began();
      return (status) => {
        gauge.dec();
        inFlight.ended();
        durationOf(route, String(status)).observe((performance.now() - started) / 1000);
      };
    },
  };
}
