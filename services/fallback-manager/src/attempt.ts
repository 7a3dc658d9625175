import { type Context, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { priceUsage } from "@fairlead/decision/cost/price-usage";
import type { CallContext, CallOptions, Client } from "@fairlead/rpc/call";
import { CONNECT_HEADER } from "@fairlead/rpc/connect-header";
import { asFairleadError, type FairleadError, failure } from "@fairlead/rpc/fairlead-error";
import type { Tracer } from "@opentelemetry/api";
import type { CheckResult, FailedCheck } from "./answer-checks.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

/** What an attempt is made of. */
export interface AttemptSetup {
  readonly planned: PlannedAttempt;
  readonly number: number;
  readonly hedge: boolean;
  readonly client: Client<typeof AdapterService>;
  /** The request's: aborts with its caller and its total time. */
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly context: CallContext;
  readonly connectMs: number;
  /** State of the target's circuit: closed, or half_open where the attempt is a probe. */
  readonly circuit: string;
  /** Milliseconds that it waited for the account of its target. */
  readonly waitedMs: number;
  readonly tracer: Tracer;
  /** Told once, when the attempt has ended. */
  readonly ended: (attempt: Attempted) => void;
}

/** What a stream says of itself at its end. */
export interface StreamFacts {
  readonly firstTokenMs?: number;
  readonly streamed?: boolean;
}

/** An attempt under way, or that has ended. */
export class Attempted {
  readonly planned: PlannedAttempt;
  readonly number: number;
  readonly hedge: boolean;
  readonly client: Client<typeof AdapterService>;
  readonly watchdog: Watchdog;
  readonly startedAt = performance.now();
  /** Options for the adapter's call; aborts with the watchdog. */
  readonly context: CallContext & CallOptions;
  readonly trail: Context;
  durationMs = 0;
  costNanoUsd = 0n;
  usage: TokenUsage | undefined;
  error: FairleadError | undefined;
  facts: StreamFacts = {};
  failedCheck: FailedCheck | undefined;
  score: number | undefined;
  /** True once something came that a caller could see. */
  hasContent = false;
  readonly #setup: AttemptSetup;
  readonly #span: Span;
  #estimate: () => TokenUsage | undefined = () => undefined;
  #discard: () => void = () => undefined;
  #ended = false;

  constructor(setup: AttemptSetup) {
    this.#setup = setup;
    this.planned = setup.planned;
    this.number = setup.number;
    this.hedge = setup.hedge;
    this.client = setup.client;
    this.watchdog = createWatchdog(setup.signal);
    this.#span = setup.tracer.startSpan("fairlead.attempt", {}, setup.context.trace);
    if (this.#span.isRecording()) this.#describe();
    this.trail = trace.setSpan(setup.context.trace, this.#span);
    this.context = {
      signal: this.watchdog.signal,
      deadline: setup.deadline,
      trace: this.trail,
      metadata: setup.context.metadata,
      ...(setup.connectMs > 0 ? { headers: { [CONNECT_HEADER]: String(setup.connectMs) } } : {}),
    };
  }

  /** The model by the name that its provider is to be asked for. */
  get askedModel(): string {
    return this.planned.askedModel === "" ? this.planned.model : this.planned.askedModel;
  }

  /** Accounts what the attempt used. May be called again with more; the last counts. */
  used(usage: TokenUsage): void {
    this.usage = usage;
  }

  /** How to work out what was used where the attempt is given up for a faster one before its provider could tell. */
  estimates(estimate: () => TokenUsage | undefined): void {
    this.#estimate = estimate;
  }

  /** What to let go of where the attempt's answer is not wanted. */
  discards(discard: () => void): void {
    this.#discard = discard;
  }

  /** Something came that a caller could see. */
  arrived(): void {
    this.hasContent = true;
  }

  /** What checking the answer found. */
  judged({ failed, score }: CheckResult): void {
    this.failedCheck = failed;
    this.score = score;
  }

  /** Ends the attempt; told once. */
  end(thrown?: unknown, facts: StreamFacts = {}): void {
    if (this.#ended) return;
    this.#ended = true;
    this.watchdog[Symbol.dispose]();
    this.facts = facts;
    this.error = thrown === undefined ? undefined : asFairleadError(thrown);
    this.durationMs = performance.now() - this.startedAt;
    const { price } = this.planned;
    this.costNanoUsd = this.usage === undefined || price === undefined ? 0n : priceUsage(price, this.usage);
    this.#endSpan();
    this.#setup.ended(this);
  }

  /** Fails: whatever is still under way at the provider is called off. */
  fail(thrown: unknown): void {
    this.end(thrown);
    this.#callOff(thrown);
  }

  /** Gives the attempt up because another answered first, and accounts what it has cost so far. */
  lose(): void {
    const reason = failure(ErrorCode.CANCELLED, "Another attempt answered first.");
    this.usage ??= this.#estimate();
    this.end(reason);
    this.#callOff(reason);
  }

  #callOff(reason: unknown): void {
    this.watchdog.abort(reason);
    this.#discard();
  }

  #describe(): void {
    const { provider, model, deployment, region, tier } = this.planned;
    this.#span.setAttributes({
      "fairlead.attempt.number": this.number,
      "fairlead.attempt.tier": tier,
      "fairlead.attempt.hedge": this.hedge,
      "fairlead.circuit.state": this.#setup.circuit,
      "fairlead.queue.wait_ms": this.#setup.waitedMs,
      "fairlead.provider": provider,
      "fairlead.model": model,
      ...(deployment === "" ? {} : { "fairlead.deployment": deployment }),
      ...(region === "" ? {} : { "fairlead.region": region }),
    });
  }

  #endSpan(): void {
    const span = this.#span;
    if (span.isRecording()) {
      span.setAttribute("fairlead.cost.usd", Number(this.costNanoUsd) / 1e9);
      if (this.score !== undefined) span.setAttribute("fairlead.quality.score", this.score);
      if (this.failedCheck !== undefined) span.setAttribute("fairlead.quality.failed_check", this.failedCheck);
    }
    if (this.error !== undefined) {
      const name = ErrorCode[this.error.code] ?? "";
      span.setAttribute("error.type", name);
      span.setStatus({ code: SpanStatusCode.ERROR, message: name });
    }
    span.end();
  }
}
