import { create } from "@bufbuild/protobuf";
import { type Context, SpanStatusCode, trace } from "@opentelemetry/api";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { type Attempt, AttemptSchema, ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type CostLine, CostLineSchema } from "@fairlead/contracts/events/v1/event";
import { type Account, type Outcome, OutcomeSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { Plan, PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { priceUsage } from "@fairlead/decision/cost/price-usage";
import { backoff, type BackoffSettings } from "@fairlead/decision/fallback/backoff";
import { judgeFailure } from "@fairlead/decision/fallback/judge-failure";
import type { CallContext, Client } from "@fairlead/rpc/call";
import { abortError, boundSignal, type BoundedSignal } from "@fairlead/rpc/deadline";
import { asFairleadError, type FairleadError, failure, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { pause } from "@fairlead/rpc/pause";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { AdapterDirectory } from "./adapter-directory.ts";
import type { CircuitBoard, Passage } from "./circuit-board.ts";
import type { ExecutionEvents } from "./events.ts";
import type { ExecutionMetrics } from "./metrics.ts";
import type { RetryPurse } from "./retry-purse.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

/** Milliseconds that a target must have had before running out of time counts against it. */
const FAIR_TIME_MS = 250;

/** What executions share. */
export interface ExecutionTools {
  readonly adapters: AdapterDirectory;
  readonly circuits: CircuitBoard;
  readonly events: ExecutionEvents;
  readonly metrics: ExecutionMetrics;
  readonly retries: RetryPurse;
  readonly backoff: BackoffSettings;
  readonly tools: ServiceTools;
}

/** One attempt under way, as the function that makes it sees it. */
export interface AttemptInHand {
  readonly planned: PlannedAttempt;
  readonly number: number;
  readonly client: Client<typeof AdapterService>;
  /** Options for the adapter's call; aborts with the watchdog. */
  readonly context: CallContext;
  readonly watchdog: Watchdog;
  readonly startedAt: number;
  /** Accounts what the attempt used. May be called again with more; the last counts. */
  used(usage: TokenUsage): void;
  /** Ends the attempt; told once, and by `run` itself where the function throws or says that it is over. */
  end(thrown?: unknown, facts?: { firstTokenMs?: number; streamed?: boolean }): void;
}

type Tried<T> = { readonly value: T } | { readonly error: FairleadError; readonly skipped: boolean };

/**
 * One request's way through its plan. Attempts are made in order until one answers; then, or when none is left, `finish`
 * tells the cost, exactly once.
 */
export class Execution {
  readonly #tools: ExecutionTools;
  readonly #account: Account;
  readonly #plan: Plan;
  readonly #context: CallContext;
  readonly #bound: BoundedSignal;
  readonly #deadline: number;
  readonly #attempts: Attempt[] = [];
  readonly #lines: CostLine[] = [];
  #answeredBy: PlannedAttempt | undefined;
  #calls = 0;
  #finished = false;

  constructor(tools: ExecutionTools, account: Account, plan: Plan, context: CallContext) {
    this.#tools = tools;
    this.#account = account;
    this.#plan = plan;
    this.#context = context;
    const total = tools.tools.now() + (plan.limits?.totalMs ?? 0);
    this.#deadline = Math.min(total, context.deadline ?? total);
    this.#bound = boundSignal(context.signal, this.#deadline);
  }

  /**
   * Makes attempts until one answers.
   *
   * @param make makes one; it throws a FairleadError where it fails, and ends the attempt itself where it hands over a stream
   * @throws FairleadError of the last attempt, with all attempts in its detail
   */
  async run<T>(make: (attempt: AttemptInHand) => Promise<T>): Promise<T> {
    let last: FairleadError | undefined;
    const { attempts } = this.#plan;
    for (const [index, planned] of attempts.entries()) {
      const retries = index === attempts.length - 1 ? (this.#plan.limits?.retriesPerTarget ?? 0) : 0;
      for (let retry = 0; retry <= retries; retry++) {
        if (this.#calls >= (this.#plan.limits?.maxAttempts ?? 1)) break;
        if (this.#bound.signal.aborted) throw this.#withAttempts(asFairleadError(abortError(this.#bound.signal)));
        if (retry > 0 && !(await this.#mayRetry(retry, last))) break;
        const tried = await this.#try(planned, retry, make);
        if ("value" in tried) return tried.value;
        last = tried.error;
        const verdict = judgeFailure(last.code);
        if (!verdict.fallsBack || this.#bound.signal.aborted) throw this.#withAttempts(last);
        if (!verdict.retries || tried.skipped) break;
      }
    }
    throw this.#withAttempts(last ?? failure(ErrorCode.NO_TARGET, "The plan holds no attempt that could be made."));
  }

  /** What came of it so far. */
  outcome(): Outcome {
    return create(OutcomeSchema, {
      attempts: this.#attempts,
      provider: this.#answeredBy?.provider ?? "",
      model: this.#answeredBy?.model ?? "",
      costNanoUsd: this.#lines.reduce((sum, line) => sum + line.costNanoUsd, 0n),
    });
  }

  /** Frees what the execution holds and tells its cost. Only the first call counts. */
  finish(succeeded: boolean): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#bound[Symbol.dispose]();
    this.#tools.events.costIncurred(this.#account, this.#lines, succeeded, this.#context.trace);
    this.#tools.metrics.finished(this.#lines, succeeded, this.#attempts.length > 1);
  }

  /** An error that also tells what was tried. */
  #withAttempts(error: FairleadError): FairleadError {
    error.detail.attempts = this.#attempts;
    error.detail.requestId = this.#account.requestId;
    return error;
  }

  async #mayRetry(retry: number, last: FairleadError | undefined): Promise<boolean> {
    if (!this.#tools.retries.spend()) return false;
    const asked = last === undefined ? 0 : (retryAfterMs(last.detail) ?? 0);
    const wait = backoff(retry, Math.random(), asked, this.#tools.backoff);
    if (this.#tools.tools.now() + wait >= this.#deadline) return false;
    await pause(wait, this.#bound.signal);
    return !this.#bound.signal.aborted;
  }

  async #try<T>(planned: PlannedAttempt, retry: number, make: (attempt: AttemptInHand) => Promise<T>): Promise<Tried<T>> {
    const { circuits, adapters, retries } = this.#tools;
    const client = adapters.find(planned.provider);
    if (client === undefined) return this.#skip(planned, ErrorCode.UNAVAILABLE, "Its adapter is not there.");
    const passage = circuits.ask(planned.provider, planned.model);
    if (passage === undefined) return this.#skip(planned, ErrorCode.CIRCUIT_OPEN, "Its circuit is open.");
    this.#calls += 1;
    if (retry === 0) retries.earn();
    const attempt = this.#begin(planned, client, passage);
    try {
      return { value: await make(attempt) };
    } catch (thrown) {
      const error = asFairleadError(attempt.context.signal.aborted ? abortError(attempt.context.signal) : thrown);
      attempt.end(error);
      return { error, skipped: false };
    }
  }

  #skip(planned: PlannedAttempt, code: ErrorCode, message: string): { error: FairleadError; skipped: boolean } {
    const { provider, model, tier } = planned;
    const number = this.#attempts.length + 1;
    this.#attempts.push(create(AttemptSchema, { number, provider, model, tier, errorCode: code, errorMessage: message, skipped: true }));
    return { error: failure(code, `${provider}/${model}: ${message}`, { provider }), skipped: true };
  }

  #begin(planned: PlannedAttempt, client: Client<typeof AdapterService>, passage: Passage): AttemptInHand {
    const { provider, model, tier } = planned;
    const number = this.#attempts.length + 1;
    const startedAt = performance.now();
    const watchdog = createWatchdog(this.#bound.signal);
    const span = this.#tools.tools.tracer.startSpan("fairlead.attempt", {}, this.#context.trace);
    if (span.isRecording()) {
      span.setAttributes({ "fairlead.attempt.number": number, "fairlead.attempt.tier": tier, "fairlead.provider": provider, "fairlead.model": model });
    }
    const trail: Context = trace.setSpan(this.#context.trace, span);
    let usage: TokenUsage | undefined;
    let ended = false;
    return {
      planned,
      number,
      client,
      watchdog,
      startedAt,
      context: { signal: watchdog.signal, deadline: this.#deadline, trace: trail, metadata: this.#context.metadata },
      used: (used) => {
        usage = used;
      },
      end: (thrown, facts = {}) => {
        if (ended) return;
        ended = true;
        watchdog[Symbol.dispose]();
        const error = thrown === undefined ? undefined : asFairleadError(thrown);
        const durationMs = performance.now() - startedAt;
        this.#record(planned, number, durationMs, usage, error, facts, trail);
        this.#tools.circuits.tell(passage, judgement(error, durationMs));
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: ErrorCode[error.code] ?? "" });
        span.end();
      },
    };
  }

  #record(
    planned: PlannedAttempt,
    number: number,
    durationMs: number,
    usage: TokenUsage | undefined,
    error: FairleadError | undefined,
    facts: { firstTokenMs?: number; streamed?: boolean },
    trail: Context,
  ): void {
    const { provider, model, tier } = planned;
    const costNanoUsd = usage === undefined || planned.price === undefined ? 0n : priceUsage(planned.price, usage);
    if (usage !== undefined) this.#lines.push(create(CostLineSchema, { provider, model, usage, costNanoUsd }));
    const errorCode = error?.code ?? ErrorCode.UNSPECIFIED;
    this.#attempts.push(
      create(AttemptSchema, { number, provider, model, tier, errorCode, errorMessage: error?.message ?? "", durationMs: Math.round(durationMs), costNanoUsd }),
    );
    if (error === undefined) this.#answeredBy = planned;
    const outputTokens = usage === undefined ? 0 : usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens;
    const waits = error === undefined ? 0 : Math.min(retryAfterMs(error.detail) ?? 0, 0xffff_ffff);
    const record = { provider, model, errorCode, durationMs, firstTokenMs: facts.firstTokenMs ?? 0, streamed: facts.streamed ?? false };
    const told = { ...record, outputTokens, retryAfterMs: waits, attemptNumber: number };
    this.#tools.events.attemptFinished(this.#account, told, trail);
    this.#tools.metrics.attempted(told);
  }
}

/** What the end of a call says about its target. A caller that leaves, or that gives it next to no time, says nothing. */
function judgement(error: FairleadError | undefined, durationMs: number): "succeeded" | "failed" | "abandoned" {
  if (error === undefined) return "succeeded";
  const unfair = error.code === ErrorCode.TIMEOUT && durationMs < FAIR_TIME_MS;
  return judgeFailure(error.code).blamesTarget && !unfair ? "failed" : "abandoned";
}
