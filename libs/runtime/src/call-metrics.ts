import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallObserver } from "@fairlead/rpc/call-observer";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import { statusName } from "@fairlead/rpc/status-mapping";
import { Gauge, Histogram, type Registry } from "prom-client";
import { countInFlight } from "./in-flight.ts";
import { metricChildren } from "./metric-children.ts";

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Streams of state between services last as long as they do: they are no work to scale by. */
const isWatch = (method: string) => method.includes("/Watch");

/** Counts calls and their durations by method and status, as rpc_{server,client}_call_duration_seconds. */
export function observeCalls(metrics: Registry): CallObserver {
  const sides = { client: sideMetrics("client", metrics), server: sideMetrics("server", metrics) };
  const inFlight = countInFlight(metrics);
  return (side, method) => {
    const { activeOf, durationOf } = sides[side];
    const active = activeOf(method);
    const work = side === "server" && !isWatch(method);
    const start = performance.now();
    active.inc();
    if (work) inFlight.began();
    return (thrown) => {
      active.dec();
      if (work) inFlight.ended();
      const status = thrown === undefined ? "OK" : statusName(asFairleadError(thrown).code ?? ErrorCode.INTERNAL);
      durationOf(method, status).observe((performance.now() - start) / 1000);
    };
  };
}

function sideMetrics(side: "client" | "server", metrics: Registry) {
  const duration = new Histogram({
    name: `rpc_${side}_call_duration_seconds`,
    help: `Seconds that calls took at the ${side}.`,
    labelNames: ["rpc_method", "rpc_status_code"],
    buckets: SECONDS,
    registers: [metrics],
  });
  const active = new Gauge({
    name: `rpc_${side}_active_calls`,
    help: `Calls under way at the ${side}.`,
    labelNames: ["rpc_method"],
    registers: [metrics],
  });
  return { activeOf: metricChildren(active), durationOf: metricChildren(duration) };
}
