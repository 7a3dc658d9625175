import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "@opentelemetry/api";
import type { LeanResponse } from "./lean-response.ts";

/** A provider's answer with a status other than 2xx, with as much of its body as errors may have. */
export interface Rejection {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * One HTTP exchange with a provider, as the lean fetch sees it.
 *
 * The SDKs stand between an adapter and the fetch and wrap, parse and lose what it tells; what counts is kept here. It
 * reaches the fetch through the asynchronous context because one of the SDKs passes on no option of a call.
 */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Parent of the HTTP span. */
  readonly trace: Context;
  /** Milliseconds to connect and to send the request. 0: as the pool bounds it. */
  readonly connectMs: number;
  /** Model that is asked for, by which providers count. Empty: none. */
  readonly model: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Set when the provider answered with 2xx. */
  answer?: LeanResponse;
  /** Set when it answered otherwise. */
  rejection?: Rejection;
  /** Set when there was no answer. */
  breakage?: unknown;
}

const current = new AsyncLocalStorage<Exchange>();

/** The exchange that the running code belongs to. */
export function currentExchange(): Exchange | undefined {
  return current.getStore();
}

/** Runs an SDK's call within an exchange. */
export function withinExchange<T>(exchange: Exchange, send: () => Promise<T>): Promise<T> {
  return current.run(exchange, send);
}
