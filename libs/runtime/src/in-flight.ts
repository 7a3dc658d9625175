import { Gauge, type Registry } from "prom-client";

/** Counts requests that are under way. */
export interface InFlight {
  began(): void;
  ended(): void;
}

class InFlightGauge extends Gauge {
  readonly counts: (() => number)[] = [];
}

const NAME = "fairlead_in_flight_requests";

/**
 * What a process has to do at the moment, by which it is scaled: calls of its gRPC server and, at the edge, HTTP
 * requests. Each of its doors counts for itself, as a plain number that is read when metrics are.
 */
export function countInFlight(registry: Registry): InFlight {
  let count = 0;
  gaugeOf(registry).counts.push(() => count);
  return { began: () => void (count += 1), ended: () => void (count -= 1) };
}

function gaugeOf(registry: Registry): InFlightGauge {
  const known = registry.getSingleMetric(NAME) as InFlightGauge | undefined;
  const gauge: InFlightGauge = known ?? new InFlightGauge({
    name: NAME,
    help: "Requests that the process works on: whole streams count, streams of state between services do not.",
    registers: [registry],
    collect() {
      gauge.set(gauge.counts.reduce((sum, count) => sum + count(), 0));
    },
  });
  return gauge;
}
