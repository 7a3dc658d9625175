import type { Tracer } from "@opentelemetry/api";
import type { Bus } from "./bus.ts";
import { connectNatsBus } from "./nats-bus.ts";

/** What of a service's host the bus takes. */
export interface BusHost {
  readonly config: {
    /** NATS servers, separated by commas. */
    readonly natsUrl: string;
  };
  readonly tools: { readonly tracer: Tracer; readonly logger: { warn(facts: object, text: string): void } };
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** Connects the bus of a service that is a process of its own; what goes wrong in the background is logged. */
export function connectServiceBus({ config, tools, instance }: BusHost): Promise<Bus> {
  return connectNatsBus({
    servers: config.natsUrl.split(","),
    name: instance,
    tracer: tools.tracer,
    onProblem: (problem, error) => tools.logger.warn({ err: error }, problem),
  });
}
