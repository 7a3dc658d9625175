import { trace } from "@opentelemetry/api";
import { type Logger, pino, destination } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import { v7 } from "uuid";
import { measureBounds } from "./process-metrics.ts";
import type { ServiceTools } from "./service.ts";

/** Makes the root logger of a process: JSON lines on stderr, so that stdout stays for what a person asked for. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: false }));
}

/** Makes the metrics of a process, with those of Node itself. */
export function createMetrics(): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  measureBounds(metrics);
  return metrics;
}

/** What a service is handed. In one process several services share a registry; their metrics' names are their own. */
export function createTools(service: string, logger: Logger, metrics: Registry): ServiceTools {
  return {
    logger: logger.child({ service }),
    metrics,
    tracer: trace.getTracer(`fairlead.${service}`),
    now: Date.now,
    // Ids that rise with time are written to the end of an index, at half the cost of random ones.
    newId: v7,
  };
}
