import { type WholeReply, withHeaders } from "../http/reply.ts";
import { isObject } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Refuse } from "./apply-fault.ts";
import type { Fault } from "./fault.ts";

/** A wait and the way it is told. */
export interface Wait {
  readonly form: NonNullable<Extract<Fault, { kind: "status" }>["retryAfterForm"]>;
  readonly seconds: number;
  readonly provider: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A refusal that tells a wait in one of the ways in which vendors and proxies do, and in no other. */
export function tellWait(wait: Wait, refusal: Refusal, refuse: Refuse): WholeReply {
  const { form, seconds, provider, now } = wait;
  const end = new Date(now + seconds * 1000);
  switch (form) {
    case "seconds":
      return withHeaders(refuse(refusal), ["retry-after", String(seconds)]);
    case "date":
      return withHeaders(refuse(refusal), ["retry-after", end.toUTCString()]);
    case "milliseconds":
      return withHeaders(refuse(refusal), ["retry-after-ms", String(seconds * 1000)]);
    case "reset":
      return withHeaders(refuse(refusal), windowHeaders(provider, spanOf(seconds), end));
    case "body":
      return withRetryInfo(refuse(refusal), seconds);
    case "message": {
      const { kind, status } = refusal;
      const message = `Rate limit reached. Please try again in ${spanOf(seconds)}.`;
      return refuse(new Refusal(kind, message, status === undefined ? {} : { status }));
    }
  }
}

/** A window that is used up, in the vendor's own headers. */
function windowHeaders(provider: string, span: string, end: Date): readonly string[] {
  if (provider === "anthropic") {
    return ["anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", end.toISOString()];
  }
  return ["x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", span];
}

function withRetryInfo(reply: WholeReply, seconds: number): WholeReply {
  const body = JSON.parse(reply.body) as { error?: unknown };
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${seconds}s` }];
  return { ...reply, body: JSON.stringify({ ...body, error: isObject(body.error) ? { ...body.error, details } : { details } }) };
}

/** A length of time as OpenAI writes it, such as 250ms, 6s or 1m2.5s. */
function spanOf(seconds: number): string {
  if (seconds < 1) return `${seconds * 1000}ms`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Number((seconds - minutes * 60).toFixed(3))}s`;
  return minutes === 0 ? rest : `${minutes}m${rest}`;
}
