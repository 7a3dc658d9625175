import type { ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import { toCallerPath } from "./field-path.ts";
import { httpStatus } from "./http-status.ts";
import { type AttemptExtension, toAttemptExtension } from "./report-extension.ts";
import { errorWord } from "./report-words.ts";
import type { Violation } from "./parsed.ts";

/** A failure as an HTTP answer of some dialect. */
export interface ErrorAnswer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** The `fairlead` object in errors of every dialect. */
export interface ErrorExtension {
  /** Stable word of the error code, for example no_target. */
  readonly code: string;
  readonly retryable: boolean;
  /** Milliseconds after which to try again. */
  readonly retry_after_ms?: number;
  readonly request_id?: string;
  readonly provider?: string;
  readonly violations?: readonly Violation[];
  readonly attempts: readonly AttemptExtension[];
}

/** Statuses at which the official clients try again by themselves. */
const CLIENTS_RETRY = (status: number) => status === 408 || status === 409 || status === 429 || status >= 500;

/**
 * Headers of a failure: where a wait is known, retry-after in whole seconds and retry-after-ms, which clients prefer;
 * x-should-retry against useless retries.
 */
export function toErrorHeaders(detail: ErrorDetail): Record<string, string> {
  const headers: Record<string, string> = {};
  const wait = waitMs(detail);
  if (wait !== undefined) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(wait / 1000)));
    headers["retry-after-ms"] = String(Math.max(1, wait));
  }
  if (!detail.retryable && CLIENTS_RETRY(httpStatus(detail.code))) headers["x-should-retry"] = "false";
  return headers;
}

/** What the mesh knows of a failure beyond what a dialect has words for. */
export function toErrorExtension(detail: ErrorDetail): ErrorExtension {
  const wait = waitMs(detail);
  return {
    code: errorWord(detail.code),
    retryable: detail.retryable,
    ...(wait === undefined ? {} : { retry_after_ms: wait }),
    ...(detail.requestId === "" ? {} : { request_id: detail.requestId }),
    ...(detail.provider === "" ? {} : { provider: detail.provider }),
    ...(detail.violations.length === 0 ? {} : { violations: toCallerViolations(detail) }),
    attempts: detail.attempts.map(toAttemptExtension),
  };
}

/** The sentence for people, with the path it may start with in the caller's terms. */
export function toCallerMessage(detail: ErrorDetail): string {
  const field = detail.violations[0]?.field ?? "";
  if (field === "" || !detail.message.startsWith(field)) return detail.message;
  return toCallerPath(field) + detail.message.slice(field.length);
}

function toCallerViolations(detail: ErrorDetail): Violation[] {
  return detail.violations.map(({ field, description, rule }) => ({ field: toCallerPath(field), description, rule }));
}

function waitMs({ retryAfter }: ErrorDetail): number | undefined {
  return retryAfter === undefined ? undefined : Number(retryAfter.seconds) * 1000 + Math.ceil(retryAfter.nanos / 1e6);
}
