import type { Tracer } from "@opentelemetry/api";
import type { Registry } from "prom-client";
import type { Bus } from "./bus.ts";
import { createBusMetrics } from "./bus-metrics.ts";
import { connectNatsBus } from "./nats-bus.ts";
import type { NatsLogin } from "./nats-login.ts";

/** What of a service's host the bus takes. */
export interface BusHost {
  readonly nats: {
    readonly url: Pick<NatsLogin, "user" | "password" | "token"> & { readonly servers: readonly string[]; readonly tls: boolean };
    /** Empty: none. */
    readonly credsFile: string;
    readonly streamReplicas: number;
    readonly streamMaxBytes: number;
  };
  readonly tools: { readonly tracer: Tracer; readonly metrics: Registry; readonly logger: { warn(facts: object, text: string): void } };
  /** Unique for this run of this process. */
  readonly instance: string;
  /** Tries until it succeeds. */
  readonly reach: <T>(what: string, attempt: () => Promise<T>) => Promise<T>;
  /** Has it closed when the service is. */
  closing(close: () => Promise<void>): void;
}

/**
 * Connects the bus of a service that is a process of its own, however long that takes: a mesh's parts come and go in any
 * order. The process closes it; what goes wrong in the background is logged.
 */
export async function connectServiceBus({ nats, tools, instance, reach, closing }: BusHost): Promise<Bus> {
  const { credsFile } = nats;
  const settings = {
    ...nats.url,
    ...(credsFile === "" ? {} : { credsFile }),
    streams: { replicas: nats.streamReplicas, maxBytes: nats.streamMaxBytes },
    name: instance,
    tracer: tools.tracer,
    counts: createBusMetrics(tools.metrics),
    onProblem: (problem: string, error?: unknown) => tools.logger.warn({ err: error }, problem),
  };
  const bus = await reach("NATS", () => connectNatsBus(settings));
  closing(() => bus.close());
  return bus;
}
