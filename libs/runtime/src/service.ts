import type { Tracer } from "@opentelemetry/api";
import type { Implementation } from "@fairlead/rpc/call";
import type { Logger } from "pino";
import type { Registry } from "prom-client";

/** What every service is handed, whatever the shape it runs in. */
export interface ServiceTools {
  /** Structured log; the service's name is bound to it. */
  readonly logger: Logger;
  /** Where its metrics live. */
  readonly metrics: Registry;
  /** Makes its spans; does nothing while telemetry is off. */
  readonly tracer: Tracer;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A new unique name. */
  readonly newId: () => string;
}

/** A running service. */
export interface Service {
  /** The gRPC services it serves. */
  readonly implementations: readonly Implementation[];
  /** Told once how peers reach it: a gRPC target. */
  listening?(address: string): void;
  /**
   * True once it can do its work. It does not become false because NATS, Redis or a peer went away: that would take all replicas
   * out at once. Liveness does not depend on it.
   */
  ready(): boolean;
  /** Told that the process shall end: says so to callers, who may still come for a while. */
  leaving?(): void;
  /** Told that no new calls come: ends streams that would last as long as the process. */
  drain?(): void;
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>;
}

