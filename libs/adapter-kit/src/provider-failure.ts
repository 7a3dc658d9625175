import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { abortError } from "@fairlead/rpc/deadline";
import { failure, FairleadError } from "@fairlead/rpc/fairlead-error";
import { classifyError } from "./classify-error.ts";
import { type ErrorFacts, readError, readErrorBody } from "./error-facts.ts";
import type { Rejection } from "./exchange.ts";
import { malformedAnswer } from "./malformed.ts";
import { retryHintMs } from "./retry-hint.ts";

/** Milliseconds to wait after a 429 that names no wait. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 2_000;

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** The failure that a provider's status other than 2xx means. `now` is unix milliseconds. */
export function rejectionFailure(rejection: Rejection, now: number): FairleadError {
  const facts = readErrorBody(rejection.body);
  // Amazon names the error in a header.
  const name = rejection.headers.get("x-amzn-errortype")?.split(":")[0];
  const named = name === undefined ? facts : { ...facts, names: [...facts.names, name], recognised: true };
  return vendorFailure(rejection.status, named, rejection.headers, now);
}

/** The failure that an error inside an answer which began well means: an event of a stream, or a body beside 200. */
export function inAnswerFailure(body: unknown, now: number): FairleadError {
  return vendorFailure(undefined, readError(body), NO_HEADERS, now);
}

/**
 * The failure of a connection that could not be made, broke, or was given up.
 *
 * @param signal of the call; when it is aborted its reason is the failure
 */
export function connectionFailure(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return abortError(signal);
  if (error instanceof FairleadError) return error;
  const code = String((error as { readonly code?: unknown } | null)?.code ?? "");
  if (code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW" || code.includes("CONTENT_LENGTH_MISMATCH")) {
    return malformedAnswer("The provider's answer is not valid HTTP.", error);
  }
  const reached = code === "UND_ERR_SOCKET" || code === "UND_ERR_ABORTED" || code === "ECONNRESET" || code === "EPIPE";
  const message = reached ? "The connection to the provider broke." : "The provider could not be reached.";
  return failure(ErrorCode.PROVIDER_UNREACHABLE, message, { cause: error });
}

function vendorFailure(
  status: number | undefined,
  facts: ErrorFacts,
  headers: ReadonlyMap<string, string>,
  now: number,
): FairleadError {
  const code = classifyError(status, facts);
  const hint = retryHintMs(headers, facts, now);
  const wait = hint ?? (code === ErrorCode.RATE_LIMITED ? DEFAULT_RATE_LIMIT_WAIT_MS : undefined);
  return failure(code, sentence(status ?? facts.status, facts), { retryAfterMs: waits(code) ? wait : undefined });
}

function waits(code: ErrorCode): boolean {
  return code === ErrorCode.RATE_LIMITED || code === ErrorCode.OVERLOADED || code === ErrorCode.PROVIDER_ERROR;
}

/** Says the status and the vendor's own names for the error, never its words: they may hold keys or content. */
function sentence(status: number | undefined, facts: ErrorFacts): string {
  const names = [...new Set(facts.names.filter((name) => /^[A-Za-z][A-Za-z_]{1,47}$/.test(name)))].slice(0, 2);
  const said = status === undefined ? "The provider reported an error" : `The provider answered with status ${status}`;
  return names.length === 0 ? `${said}.` : `${said} (${names.join(", ")}).`;
}
