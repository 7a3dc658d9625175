import { type Attempt, ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import type { Account, Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import type { Plan, PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { backoff } from "@fairlead/decision/fallback/backoff";
import { type CostBounds, fitsCost } from "@fairlead/decision/fallback/cost-room";
import { judgeFailure } from "@fairlead/decision/fallback/judge-failure";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError, boundSignal, type BoundedSignal } from "@fairlead/rpc/deadline";
import { asFairleadError, type FairleadError, failure, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { pause } from "@fairlead/rpc/pause";
import { admitCall } from "./admit-call.ts";
import { Attempted } from "./attempt.ts";
import { judgeTarget, toAttempt, toCostLine, toOutcome, toSkipped } from "./attempt-outcome.ts";
import type { ExecutionTools } from "./execution-tools.ts";
import { recordOf } from "./attempt-record.ts";
import type { Passage } from "./circuit-board.ts";
import type { ReleaseQuota } from "./quotas/provider-quotas.ts";
import { countedTokens, isLimited, waitForQuota } from "./quotas/wait-for-quota.ts";
import { RetryCandidates } from "./retry-candidates.ts";
import { traceExecution, traceSkip } from "./trace-execution.ts";
import { within } from "@fairlead/rpc/within";

/**
 * Makes one attempt. It throws a FairleadError where it fails, and ends the attempt itself where it succeeds or hands
 * over a stream.
 */
export type MakeAttempt<T> = (attempt: Attempted) => Promise<T>;

type Failed = { readonly error: FairleadError; readonly skipped: boolean };
type Tried<T> = { readonly value: T; readonly attempt: Attempted } | Failed;

/** An attempt that was started, or skipped: then there is none. */
interface Started<T> {
  readonly attempt: Attempted | undefined;
  /** Never rejects. */
  readonly outcome: Promise<Tried<T>>;
}

/** A wait for the account of a target that is over. */
interface Waited {
  /** Gives back the quota of a call that is not made, or tells what it used. */
  readonly release: ReleaseQuota;
  readonly ms: number;
}

const NO_WAIT: Waited = { release: () => undefined, ms: 0 };

/**
 * One request's way through its plan. Targets are tried in order until one answers, then those that may have recovered
 * once more; `finish` tells the cost, exactly once.
 *
 * Each request has its first call, and one of every other target after a failure, for free. What is paid for from the
 * retry budget is a further call of the same target, and a call of another target of a provider that has failed this
 * request and has an open circuit: the calls that make an outage worse.
 */
export class Execution {
  readonly #tools: ExecutionTools;
  readonly #account: Account;
  readonly #plan: Plan;
  readonly #context: CallContext;
  readonly #bound: BoundedSignal;
  readonly #deadline: number;
  readonly #costs: CostBounds;
  readonly #attempts: Attempt[] = [];
  readonly #lines: CostLine[] = [];
  readonly #candidates = new RetryCandidates();
  readonly #failedProviders = new Set<string>();
  #next = 0;
  #calls = 0;
  #numbers = 0;
  #committed = 0n;
  #last: FairleadError | undefined;
  #lastSkipped = false;
  #answer: Attempted | undefined;
  #hedged = false;
  #finished = false;

  constructor(tools: ExecutionTools, account: Account, plan: Plan, context: CallContext) {
    this.#tools = tools;
    this.#account = account;
    this.#plan = plan;
    this.#context = context;
    this.#costs = costBounds(account, plan);
    const total = tools.tools.now() + (plan.limits?.totalMs ?? 0);
    this.#deadline = Math.min(total, context.deadline ?? total);
    this.#bound = boundSignal(context.signal, this.#deadline);
    tools.retries.earn();
    tools.hedges.earn();
  }

  /**
   * Makes attempts until one answers.
   *
   * @throws FairleadError of the last attempt, with all attempts in its detail
   */
  async run<T>(make: MakeAttempt<T>): Promise<T> {
    const { attempts } = this.#plan;
    const deferred: number[] = [];
    while (this.#next < attempts.length && this.#mayCall()) {
      const index = this.#next++;
      if (this.#doubts(index)) deferred.push(index);
      else {
        const tried = await this.#try(index, make);
        if ("value" in tried) return this.#answered(tried);
      }
    }
    for (const index of deferred) {
      if (!this.#mayCall()) break;
      if (this.#tools.circuits.troubled((attempts[index] as PlannedAttempt).provider) && !this.#pays()) continue;
      const tried = await this.#try(index, make);
      if ("value" in tried) return this.#answered(tried);
    }
    const again = await this.#tryAgain(make);
    if (again !== undefined) return this.#answered(again);
    throw this.#withAttempts(this.#last ?? failure(ErrorCode.NO_TARGET, "The plan holds no attempt that could be made."));
  }

  /** What came of it so far. */
  outcome(): Outcome {
    return toOutcome(this.#answer, this.#attempts, this.#lines, this.#hedged);
  }

  /** Frees what the execution holds and tells its cost. Only the first call counts. */
  finish(succeeded: boolean): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#bound[Symbol.dispose]();
    const usage = succeeded ? this.#answer?.usage : undefined;
    const costNanoUsd = this.#lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
    traceExecution(this.#context.trace, { calls: this.#calls, costNanoUsd, hedged: this.#hedged });
    this.#tools.events.costIncurred(this.#account, this.#lines, { succeeded, usage }, this.#context.trace);
    this.#tools.metrics.finished(this.#lines, succeeded, this.#attempts.length > 1);
  }

  #answered<T>({ value, attempt }: Extract<Tried<T>, { value: T }>): T {
    this.#answer = attempt;
    return value;
  }

  /** An error that also tells what was tried. */
  #withAttempts(error: FairleadError): FairleadError {
    error.detail.attempts = [...this.#attempts].sort((a, b) => a.number - b.number);
    error.detail.requestId = this.#account.requestId;
    return error;
  }

  /** Whether one more call may be made; throws where the request is over. */
  #mayCall(): boolean {
    if (this.#bound.signal.aborted) throw this.#withAttempts(asFairleadError(abortError(this.#bound.signal)));
    return this.#calls < (this.#plan.limits?.maxAttempts ?? 1);
  }

  #pays(): boolean {
    const paid = this.#tools.retries.spend();
    if (!paid) this.#tools.metrics.retryRefused();
    return paid;
  }

  /** Another target of a provider that failed this request, and others lately: those of other providers come first. */
  #doubts(index: number): boolean {
    if (this.#failedProviders.size === 0) return false;
    const { provider } = this.#plan.attempts[index] as PlannedAttempt;
    return this.#failedProviders.has(provider) && this.#tools.circuits.doubtful(provider);
  }

  /** Tries a target, with another beside it where it is late and the plan says so. Throws what ends the request. */
  async #try<T>(index: number, make: MakeAttempt<T>): Promise<Tried<T>> {
    const started = await this.#startWithinQuota(index, make, false);
    const after = this.#plan.limits?.hedgeAfterMs ?? 0;
    const hedges = after > 0 && !this.#hedged && started.attempt !== undefined;
    const tried = await (hedges ? this.#tryBeside(started, after, make) : started.outcome);
    if ("error" in tried && this.#isFinal(tried)) throw this.#withAttempts(tried.error);
    return tried;
  }

  async #tryBeside<T>(first: Started<T>, afterMs: number, make: MakeAttempt<T>): Promise<Tried<T>> {
    const early = await within(first.outcome, afterMs);
    if (early !== undefined) return early;
    const second = first.attempt?.hasContent === true ? undefined : await this.#startHedge(make);
    if (second === undefined) return first.outcome;
    this.#hedged = true;
    const [winner, tried] = await Promise.race([first, second].map(async (one) => [one, await one.outcome] as const));
    const other = winner === first ? second : first;
    if ("error" in tried && !this.#isFinal(tried)) return other.outcome;
    other.attempt?.lose();
    this.#tools.metrics.hedged(winner === second && "value" in tried ? "won" : "lost");
    return tried;
  }

  /** Starts the next target that can be called beside the one that is late; undefined where none may. */
  async #startHedge<T>(make: MakeAttempt<T>): Promise<Started<T> | undefined> {
    const { attempts } = this.#plan;
    let paid = false;
    while (this.#next < attempts.length && !this.#bound.signal.aborted && this.#calls < (this.#plan.limits?.maxAttempts ?? 1)) {
      const planned = attempts[this.#next] as PlannedAttempt;
      // One that does not fit beside the first may fit in its place.
      if (fitsCost(this.#costs, this.#committed, planned.worstCaseCostNanoUsd) !== "fits") return undefined;
      if (!paid && !this.#tools.hedges.spend()) {
        this.#tools.metrics.hedged("refused");
        return undefined;
      }
      paid = true;
      const started = await this.#startWithinQuota(this.#next++, make, true);
      if (started.attempt !== undefined) return started;
    }
    return undefined;
  }

  /** Calls targets again that may have got over their failure, as the retry budget and the time left allow. */
  async #tryAgain<T>(make: MakeAttempt<T>): Promise<Extract<Tried<T>, { value: T }> | undefined> {
    const bounds = { retriesPerTarget: this.#plan.limits?.retriesPerTarget ?? 0, deadline: this.#deadline };
    const waitMs = (retry: number, leastMs: number) =>
      // Who was asked to wait comes after that with a little jitter, or all would come at once.
      leastMs > 0 ? leastMs + backoff(1, Math.random(), 0, this.#tools.backoff) : backoff(retry, Math.random(), 0, this.#tools.backoff);
    while (this.#mayCall()) {
      const choice = this.#candidates.choose(this.#tools.tools.now(), bounds, waitMs);
      if (choice === undefined || !this.#pays()) return undefined;
      await pause(choice.waitMs, this.#bound.signal);
      if (!this.#mayCall()) return undefined;
      this.#candidates.called(choice.index);
      const tried = await this.#try(choice.index, make);
      if ("value" in tried) return tried;
    }
    return undefined;
  }

  #isFinal({ error: { code }, skipped }: Failed): boolean {
    if (this.#bound.signal.aborted) return true;
    // What was skipped says nothing about the request itself.
    return (!skipped && !judgeFailure(code).fallsBack) || this.#plan.finalCodes.includes(code);
  }

  /** Starts an attempt once the account of its target lets it through; one that would wait too long is skipped. */
  #startWithinQuota<T>(index: number, make: MakeAttempt<T>, hedge: boolean): Started<T> | Promise<Started<T>> {
    const planned = this.#plan.attempts[index] as PlannedAttempt;
    if (!isLimited(planned)) return this.#start(index, make, hedge, NO_WAIT);
    const { quotas, loads } = this.#tools;
    const terms = { tenant: this.#account.tenant, expectedTokens: this.#plan.expectedTokens, signal: this.#bound.signal, deadline: this.#deadline };
    const from = performance.now();
    return waitForQuota(quotas, loads, planned, terms).then(
      (release) => this.#start(index, make, hedge, { release, ms: performance.now() - from }),
      (thrown: unknown) => {
        const { code, detail } = asFairleadError(thrown);
        return this.#skip<T>(index, code, "Its account lets no more through for now.", retryAfterMs(detail));
      },
    );
  }

  #start<T>(index: number, make: MakeAttempt<T>, hedge: boolean, { release, ms }: Waited): Started<T> {
    const planned = this.#plan.attempts[index] as PlannedAttempt;
    const admitted = admitCall(this.#tools, planned, fitsCost(this.#costs, this.#committed, planned.worstCaseCostNanoUsd));
    if (admitted.kind === "refused") {
      release();
      return this.#skip(index, admitted.code, admitted.message, admitted.waitMs);
    }
    const { client, passage } = admitted;
    const { loads, tools } = this.#tools;
    this.#calls += 1;
    this.#committed += planned.worstCaseCostNanoUsd;
    loads.begin(planned);
    const attempt = new Attempted({
      planned,
      number: ++this.#numbers,
      hedge,
      client,
      signal: this.#bound.signal,
      deadline: this.#deadline,
      context: this.#context,
      connectMs: this.#plan.limits?.connectMs ?? 0,
      circuit: passage.entry?.state.kind ?? "closed",
      waitedMs: ms,
      tracer: tools.tracer,
      ended: (ended) => {
        release(countedTokens(ended.usage));
        this.#ended(ended, passage);
      },
    });
    return { attempt, outcome: this.#outcomeOf(attempt, index, make) };
  }

  async #outcomeOf<T>(attempt: Attempted, index: number, make: MakeAttempt<T>): Promise<Tried<T>> {
    try {
      return { value: await make(attempt), attempt };
    } catch (thrown) {
      const error = asFairleadError(attempt.context.signal.aborted ? abortError(attempt.context.signal) : thrown);
      attempt.fail(error);
      this.#failed(index, error);
      return { error, skipped: false };
    }
  }

  #failed(index: number, error: FairleadError): void {
    this.#last = error;
    this.#lastSkipped = false;
    const verdict = judgeFailure(error.code);
    if (verdict.blamesTarget) this.#failedProviders.add((this.#plan.attempts[index] as PlannedAttempt).provider);
    this.#candidates.note(index, verdict.retries, this.#tools.tools.now() + (retryAfterMs(error.detail) ?? 0));
  }

  #skip<T>(index: number, code: ErrorCode, message: string, waitMs?: number): Started<T> {
    const planned = this.#plan.attempts[index] as PlannedAttempt;
    const { provider, model } = planned;
    this.#attempts.push(toSkipped(planned, ++this.#numbers, code, message));
    traceSkip(this.#context.trace, planned, this.#numbers, code);
    const error = failure(code, `${provider}/${model}: ${message}`, { provider, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) });
    this.#candidates.note(index, code === ErrorCode.RATE_LIMITED, this.#tools.tools.now() + (waitMs ?? 0));
    // A failure tells more than that somebody was not asked.
    if (this.#last === undefined || this.#lastSkipped) {
      this.#last = error;
      this.#lastSkipped = true;
    }
    return { attempt: undefined, outcome: Promise.resolve({ error, skipped: true }) };
  }

  #ended(attempt: Attempted, passage: Passage): void {
    const { planned, costNanoUsd, error, failedCheck } = attempt;
    const { circuits, rests, loads, events, metrics } = this.#tools;
    loads.end(planned);
    this.#committed += costNanoUsd - planned.worstCaseCostNanoUsd;
    this.#attempts.push(toAttempt(attempt));
    const line = toCostLine(attempt);
    if (line !== undefined) this.#lines.push(line);
    const wait = error === undefined ? 0 : (retryAfterMs(error.detail) ?? 0);
    if (wait > 0) rests.ask(planned, wait);
    circuits.tell(passage, judgeTarget(attempt));
    const record = recordOf(attempt, wait);
    events.attemptFinished(this.#account, record, attempt.trail);
    metrics.attempted(record);
    if (failedCheck !== undefined) metrics.checkFailed(failedCheck);
  }
}

function costBounds({ holds }: Account, { limits }: Plan): CostBounds {
  const held = holds.reduce<bigint | undefined>((least, { amountNanoUsd }) => (least === undefined || amountNanoUsd < least ? amountNanoUsd : least), undefined);
  return { limit: limits?.maxCostNanoUsd, held };
}
