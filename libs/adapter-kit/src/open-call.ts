import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallContext } from "@fairlead/rpc/call";
import { boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError, type FairleadError } from "@fairlead/rpc/fairlead-error";
import type { Attributes, Tracer } from "@opentelemetry/api";
import type { Registry } from "prom-client";
import { type CallMetrics, createCallMetrics } from "./call-metrics.ts";
import { type CallOutcome, emptyOutcome } from "./call-outcome.ts";
import type { ProviderCall } from "./call-provider.ts";
import { startCallSpan } from "./call-span.ts";
import { CONCURRENCY, ConcurrencyLimiter, type Turn } from "./concurrency/concurrency-limiter.ts";
import { measureConcurrency } from "./concurrency/concurrency-metrics.ts";
import { connectLimitOf } from "./connect-limit.ts";
import type { Offer } from "./offer.ts";
import { totalInputTokens, totalOutputTokens } from "./token-usage.ts";

/** Milliseconds of a call without a deadline of its own. */
const LONGEST_CALL_MS = 15 * 60_000;

/** What opening calls needs. */
export interface CallDependencies {
  readonly tracer: Tracer;
  readonly metrics: Registry;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What a call asks for, beside its content. */
export interface AskedCall {
  readonly operation: string;
  readonly model: string;
  readonly deployment: string;
  readonly strict: boolean;
}

/** A call of the provider while it lasts. */
export interface OpenCall extends Disposable {
  readonly call: ProviderCall;
  /** Waits until the target bears one more call. */
  enter(): Promise<void>;
  readonly outcome: CallOutcome;
  elapsed(): number;
  succeed(): void;
  fail(thrown: unknown): FairleadError;
}

/** Opens calls: bounds them in time and number, traces and measures them. */
export function callOpener(offer: Offer, { tracer, metrics: registry, now }: CallDependencies) {
  const { telemetryName, provider } = offer.description;
  const metrics = createCallMetrics(registry, telemetryName, (model) => offer.labelOf(model));
  const limiter = new ConcurrencyLimiter(CONCURRENCY, now);
  measureConcurrency(registry, provider, limiter);
  return (asked: AskedCall, context: CallContext, attributes: () => Attributes): OpenCall => {
    const { operation, model, deployment, strict } = asked;
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 1000;
    const span = startCallSpan(tracer, context.trace, { operation, provider: telemetryName, model, deployment }, attributes);
    const bound = boundSignal(context.signal, context.deadline ?? now() + LONGEST_CALL_MS);
    const outcome = emptyOutcome();
    let turn: Turn | undefined;
    let enteredAt = 0;
    let ended = false;
    const end = (errorType: string) => {
      if (ended) return;
      ended = true;
      measure(metrics, operation, model, outcome, elapsed(), errorType);
      span.end(outcome, errorType);
    };
    return {
      call: { signal: bound.signal, trace: span.context, strict, deployment, model, connectMs: connectLimitOf(context.metadata), now },
      async enter() {
        turn = await limiter.enter(deployment, offer.labelOf(model) ?? "other", bound.signal);
        enteredAt = elapsed();
      },
      outcome,
      elapsed,
      succeed() {
        if (turn !== undefined) tellLatency(turn, outcome, enteredAt, elapsed());
        end("");
      },
      fail(thrown) {
        const error = namingProvider(thrown, offer);
        if (error.code === ErrorCode.OVERLOADED) turn?.overloaded();
        end(ErrorCode[error.code] ?? "INTERNAL");
        return error;
      },
      [Symbol.dispose]() {
        // Reached without success or failure only when the reader of a stream stopped early.
        end(ErrorCode[ErrorCode.CANCELLED] ?? "CANCELLED");
        turn?.left();
        bound[Symbol.dispose]();
      },
    };
  };
}

/** Streams are compared by their first content, whole answers by their time for each token: answers differ in length. */
function tellLatency(turn: Turn, { firstChunkSeconds, usage }: CallOutcome, enteredAt: number, endedAt: number): void {
  if (firstChunkSeconds !== undefined) return turn.answered("first_content", (firstChunkSeconds - enteredAt) * 1_000);
  const tokens = usage === undefined ? 0 : totalOutputTokens(usage) || totalInputTokens(usage);
  turn.answered("token", ((endedAt - enteredAt) * 1_000) / Math.max(1, tokens));
}

/** The failure, which names the provider. */
export function namingProvider(thrown: unknown, offer: Offer): FairleadError {
  const error = asFairleadError(thrown);
  if (error.detail.provider === "") error.detail.provider = offer.description.provider;
  return error;
}

function measure(metrics: CallMetrics, operation: string, model: string, outcome: CallOutcome, seconds: number, errorType: string): void {
  metrics.finished(operation, model, seconds, errorType);
  if (outcome.firstChunkSeconds !== undefined) metrics.firstChunk(operation, model, outcome.firstChunkSeconds);
  if (outcome.usage !== undefined) metrics.used(operation, model, outcome.usage);
}
