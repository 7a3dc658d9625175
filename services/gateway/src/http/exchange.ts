import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallContext } from "@fairlead/rpc/call";

/** One HTTP request on its way through the edge. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What stands after the question mark; empty: nothing. */
  readonly query: string;
  /** Words of the path that the route leaves open, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Name of the request: the caller's own where it gave a valid one. */
  readonly requestId: string;
  /** Aborts when the caller goes away; carries the trace. */
  readonly call: CallContext;
}

/** Answers a request; what it throws is answered in the route's own form of errors. */
export type Handle = (exchange: Exchange) => Promise<void>;
