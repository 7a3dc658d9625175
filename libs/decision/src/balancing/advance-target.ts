import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AttemptFinished } from "@fairlead/contracts/events/v1/event";
import { attemptOutcome, isMeasured, measuredLatencyMs } from "./attempt-outcome.ts";
import { addSample, type DecayedMean, UNMEASURED, weightAt } from "./decayed-mean.ts";
import { NO_LATENCY, observePeak, type PeakEwma } from "./peak-ewma.ts";

/** What is remembered of a target; plain, so that it can be stored and replayed. */
export interface TargetFigures {
  readonly latency: PeakEwma;
  readonly firstToken: DecayedMean;
  readonly tokensPerSecond: DecayedMean;
  /** Of 1 for a success and 0 for a failure. */
  readonly success: DecayedMean;
  /** Unix milliseconds. 0: no limit. */
  readonly rateLimitedUntil: number;
}

/** How fast figures forget. */
export interface TimeConstants {
  /** Milliseconds after which a latency has come down by 63 %. */
  readonly latencyDecayMs: number;
  /** Milliseconds after which any other sample counts 37 %. */
  readonly figuresDecayMs: number;
}

/** A target as it looks now. Figures that were not measured are 0, the success rate 1. */
export interface TargetReading {
  readonly latencyMs: number;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly successRate: number;
  /** Calls that the figures rest on, fading with age. */
  readonly evidence: number;
  readonly rateLimitedUntil: number;
}

/** What an attempt tells of its target. */
export type AttemptFacts = Pick<
  AttemptFinished,
  "errorCode" | "durationMs" | "firstTokenMs" | "outputTokens" | "retryAfterMs" | "streamed"
>;

/** A target of which nothing is known. */
export const UNKNOWN_TARGET: TargetFigures = {
  latency: NO_LATENCY,
  firstToken: UNMEASURED,
  tokensPerSecond: UNMEASURED,
  success: UNMEASURED,
  rateLimitedUntil: 0,
};

/** Longer wishes are cut: nobody shall take a target out for days with one header. */
const LONGEST_WAIT_MS = 3_600_000;
/** Shorter generations arrive in one piece and tell nothing of a rate. */
const SHORTEST_GENERATION_MS = 10;

/** Takes an attempt into the figures of its target. Attempts that say nothing of a target change nothing. */
export function advanceTarget(
  state: TargetFigures,
  attempt: AttemptFacts,
  now: number,
  constants: TimeConstants,
): TargetFigures {
  const outcome = attemptOutcome(attempt.errorCode);
  if (outcome === "neutral") return state;
  const { figuresDecayMs, latencyDecayMs } = constants;
  const latencyMs = measuredLatencyMs(attempt);
  const firstTokenMs = outcome === "succeeded" && isMeasured(attempt.firstTokenMs) ? attempt.firstTokenMs : undefined;
  const rate = outcome === "succeeded" ? generationRate(attempt) : undefined;
  return {
    latency: latencyMs === undefined ? state.latency : observePeak(state.latency, latencyMs, now, latencyDecayMs),
    firstToken:
      firstTokenMs === undefined ? state.firstToken : addSample(state.firstToken, firstTokenMs, now, figuresDecayMs),
    tokensPerSecond:
      rate === undefined ? state.tokensPerSecond : addSample(state.tokensPerSecond, rate, now, figuresDecayMs),
    success: addSample(state.success, outcome === "succeeded" ? 1 : 0, now, figuresDecayMs),
    rateLimitedUntil: Math.max(state.rateLimitedUntil, waitUntil(attempt, now)),
  };
}

/** Reads the figures of a target as they are now. */
export function readTarget(state: TargetFigures, now: number, constants: TimeConstants): TargetReading {
  return {
    latencyMs: state.latency.valueMs,
    firstTokenMs: state.firstToken.mean,
    tokensPerSecond: state.tokensPerSecond.mean,
    successRate: state.success.weight === 0 ? 1 : state.success.mean,
    evidence: weightAt(state.success, now, constants.figuresDecayMs),
    rateLimitedUntil: state.rateLimitedUntil > now ? state.rateLimitedUntil : 0,
  };
}

/** Tokens a second from the first content on, or over the whole call where it was not streamed. */
function generationRate(attempt: AttemptFacts): number | undefined {
  const generationMs = attempt.durationMs - (attempt.streamed ? attempt.firstTokenMs : 0);
  if (!isMeasured(generationMs) || generationMs < SHORTEST_GENERATION_MS || attempt.outputTokens === 0)
    return undefined;
  return (attempt.outputTokens * 1000) / generationMs;
}

function waitUntil(attempt: AttemptFacts, now: number): number {
  const asked = attempt.errorCode === ErrorCode.RATE_LIMITED || attempt.errorCode === ErrorCode.OVERLOADED;
  return asked && attempt.retryAfterMs > 0 ? now + Math.min(attempt.retryAfterMs, LONGEST_WAIT_MS) : 0;
}
