import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { create } from "@bufbuild/protobuf";
import { type Event, type FeedbackGiven, LearnedResetSchema, type OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import { createRecentIds } from "@fairlead/decision/balancing/recent-ids";
import { advanceLearned, applyFeedback } from "@fairlead/decision/learning/advance-learned";
import { createLearned, type LearnedState, type LearningContext } from "@fairlead/decision/learning/learned-state";
import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import {
  advancePredictionErrors,
  createPredictionErrors,
  DEFAULT_PREDICTION_ERROR,
  type PredictionErrors,
} from "@fairlead/decision/learning/prediction-error";
import { type ResetScope, resetLearned } from "@fairlead/decision/learning/reset-learned";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { RecordStore } from "@fairlead/state/record-store";
import { LRUCache } from "lru-cache";

/** What learning needs. */
export interface LearningPorts {
  readonly bus: Bus;
  readonly records: RecordStore;
  readonly tools: ServiceTools;
  /** Milliseconds between two times that what was learned is kept. */
  readonly saveMs: number;
}

/** An answer that feedback may come for. */
interface Answered {
  readonly tenant: string;
  readonly context: LearningContext;
  readonly arm: string;
  readonly predictedQuality: number;
  /** Feedback that came last; undefined: none did. */
  readonly score: number | undefined;
}

/** Answers that feedback is taken for: the newest of the whole mesh. */
const MOST_ANSWERS = 100_000;
const ANSWER_TTL_MS = 24 * 3_600_000;
/** Names of events remembered to act once on each. */
const REMEMBERED_EVENTS = 8_192;
const KEPT = { kind: "learned", key: "routes", forMs: 90 * 24 * 3_600_000 } as const;

/**
 * What this router has learned. Every router hears of the same outcomes, so all learn the same; the one that has heard
 * of most keeps it for those that start.
 */
export class Learning {
  readonly #ports: LearningPorts;
  readonly #answers = new LRUCache<string, Answered>({ max: MOST_ANSWERS, ttl: ANSWER_TTL_MS });
  readonly #seen = createRecentIds(REMEMBERED_EVENTS);
  readonly #subscriptions: readonly { close(): Promise<void> }[];
  readonly #timer: NodeJS.Timeout;
  #state: LearnedState = createLearned();
  #errors: PredictionErrors = createPredictionErrors();
  #savedCalls = 0;

  constructor(ports: LearningPorts) {
    this.#ports = ports;
    const followed = [patterns.outcomeObserved, patterns.feedbackGiven, patterns.learnedReset];
    this.#subscriptions = followed.map((subject) => ports.bus.subscribe(subject, (events) => events.forEach((event) => this.#take(event))));
    this.#timer = setInterval(() => void this.#save(), ports.saveMs).unref();
    void this.#load();
  }

  get state(): LearnedState {
    return this.#state;
  }

  get errors(): PredictionErrors {
    return this.#errors;
  }

  /** Whether an answer of a tenant is known that feedback can be about. */
  knows(requestId: string, tenant: string): boolean {
    return this.#answers.get(requestId)?.tenant === tenant;
  }

  /** Forgets at every router. */
  reset(context: string, provider: string, model: string): void {
    const { bus, tools } = this.#ports;
    const value = create(LearnedResetSchema, { context, provider, model });
    bus.publish(subjects.learnedReset, newEvent({ id: tools.newId(), source: "router", now: tools.now() }, { case: "learnedReset", value }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    await this.#save();
  }

  #take({ eventId, fact, occurredUnixMs }: Event): void {
    if (!this.#seen.add(eventId)) return;
    if (fact.case === "outcomeObserved") this.#observe(fact.value, Number(occurredUnixMs));
    else if (fact.case === "feedbackGiven") this.#hearFeedback(fact.value, Number(occurredUnixMs));
    else if (fact.case === "learnedReset") this.#forget(fact.value.context, fact.value.provider, fact.value.model);
  }

  #observe(outcome: OutcomeObserved, at: number): void {
    const { provider, model, analysis, qualityScore: quality } = outcome;
    if (provider === "" || analysis === undefined) return;
    const arm = `${provider}/${model}`;
    const context = { category: analysis.category, complexity: analysis.complexity };
    const actual = { costNanoUsd: Number(outcome.costNanoUsd), latencyMs: outcome.durationMs, ...(quality === undefined ? {} : { quality }) };
    const predicted = {
      quality: outcome.predictedQuality,
      costNanoUsd: Number(outcome.predictedCostNanoUsd),
      latencyMs: outcome.predictedLatencyMs,
    };
    advanceLearned(this.#state, { context, arm, succeeded: outcome.succeeded, ...actual, expected: predicted, at }, DEFAULT_LEARNING);
    if (!outcome.succeeded) return;
    // What was predicted is of the first of the plan; what another one cost says nothing about it.
    if (!outcome.fellBack) advancePredictionErrors(this.#errors, { arm, predicted, actual }, DEFAULT_PREDICTION_ERROR);
    this.#answers.set(outcome.requestId, { tenant: outcome.tenant, context, arm, predictedQuality: outcome.predictedQuality, score: undefined });
  }

  #hearFeedback({ requestId, tenant, score }: FeedbackGiven, at: number): void {
    const answered = this.#answers.get(requestId);
    if (answered === undefined || answered.tenant !== tenant) return;
    const { context, arm, predictedQuality, score: earlier } = answered;
    applyFeedback(this.#state, { context, arm, score, at, ...(earlier === undefined ? {} : { earlier }) }, DEFAULT_LEARNING);
    this.#answers.set(requestId, { ...answered, score });
    if (earlier !== undefined) return;
    const predicted = { quality: predictedQuality, costNanoUsd: 0, latencyMs: 0 };
    advancePredictionErrors(this.#errors, { arm, predicted, actual: { quality: score } }, DEFAULT_PREDICTION_ERROR);
  }

  #forget(context: string, provider: string, model: string): void {
    const [category = "", complexity = ""] = context.split("/");
    const scope = context === "" ? {} : { context: { category, complexity } };
    for (const arm of this.#armsOf(provider, model)) {
      const named: ResetScope = arm === undefined ? scope : { ...scope, arm };
      resetLearned(this.#state, named, DEFAULT_LEARNING);
    }
    this.#ports.tools.logger.info({ context, provider, model }, "what was learned was forgotten");
    // What is kept must not come back: a state that was reset counts as newer than all before it.
    this.#savedCalls = -1;
    void this.#save();
  }

  #armsOf(provider: string, model: string): (string | undefined)[] {
    if (provider === "" && model === "") return [undefined];
    return Object.keys(this.#state.arms).filter((arm) => {
      const slash = arm.indexOf("/");
      return (provider === "" || arm.slice(0, slash) === provider) && (model === "" || arm.slice(slash + 1) === model);
    });
  }

  async #load(): Promise<void> {
    const { records, tools } = this.#ports;
    try {
      const [kept] = await records.load(KEPT.kind);
      if (kept === undefined || this.#state.calls > 0) return;
      const { state, errors } = JSON.parse(Buffer.from(kept.value).toString()) as { state: LearnedState; errors: PredictionErrors };
      if (state.version !== 1 || errors.version !== 1) return;
      this.#state = state;
      this.#errors = errors;
      this.#savedCalls = state.calls;
    } catch (error) {
      tools.logger.warn({ err: error }, "what was learned before could not be read");
    }
  }

  async #save(): Promise<void> {
    const { records, tools } = this.#ports;
    if (this.#state.calls === this.#savedCalls) return;
    this.#savedCalls = this.#state.calls;
    const now = tools.now();
    const value = Buffer.from(JSON.stringify({ state: this.#state, errors: this.#errors }));
    await records
      .put(KEPT.kind, { key: KEPT.key, revision: now, value }, now + KEPT.forMs, now)
      .catch((error: unknown) => tools.logger.warn({ err: error }, "what was learned could not be kept"));
  }
}
