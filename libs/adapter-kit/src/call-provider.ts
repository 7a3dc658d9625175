import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { Context } from "@opentelemetry/api";
import { type Exchange, withinExchange } from "./exchange.ts";
import type { LeanResponse } from "./lean-response.ts";
import { connectionFailure, rejectionFailure } from "./provider-failure.ts";

/** What a call of a provider goes by. */
export interface ProviderCall {
  /** Ends the call; the connection is then closed at once. */
  readonly signal: AbortSignal;
  /** Trace that the call belongs to. */
  readonly trace: Context;
  /** True refuses a field that the provider cannot take instead of dropping it. */
  readonly strict: boolean;
  /** Deployment that is asked for. Empty: the only one. */
  readonly deployment: string;
  /** Model that is asked for. Unset: none, as in a probe. */
  readonly model?: string;
  /** Milliseconds to connect to the provider and to send the request. 0: as the pool bounds it. */
  readonly connectMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Has an SDK send one request over the lean fetch.
 *
 * @param send starts the SDK's call; what it resolves or rejects with is not used
 * @returns the provider's answer, its body not yet read
 * @throws FairleadError for whatever the provider or the way to it did wrong
 */
export async function callProvider(call: ProviderCall, send: () => Promise<unknown>): Promise<LeanResponse> {
  if (call.signal.aborted) throw abortError(call.signal);
  const exchange: Exchange = { signal: call.signal, trace: call.trace, connectMs: call.connectMs, model: call.model ?? "", now: call.now };
  try {
    await withinExchange(exchange, send);
  } catch (error) {
    throw exchangeFailure(exchange, error, call);
  }
  if (exchange.answer === undefined) throw failure(ErrorCode.INTERNAL, "The provider's SDK made no request.");
  return exchange.answer;
}

/** The whole body of an answer as JSON. */
export async function readJson(response: LeanResponse, call: ProviderCall): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw connectionFailure(error, call.signal);
  }
}

function exchangeFailure(exchange: Exchange, error: unknown, call: ProviderCall): Error {
  if (call.signal.aborted) return abortError(call.signal);
  if (exchange.rejection !== undefined) return rejectionFailure(exchange.rejection, call.now());
  if (exchange.breakage !== undefined) return connectionFailure(exchange.breakage, call.signal);
  if (exchange.answer !== undefined) return connectionFailure(error, call.signal);
  return failure(ErrorCode.INTERNAL, "The provider's SDK refused the request.", { cause: error });
}
