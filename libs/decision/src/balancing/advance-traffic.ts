import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AttemptFinished } from "@fairlead/contracts/events/v1/event";
import { attemptOutcome } from "./attempt-outcome.ts";
import { addToMinute, minuteSum, QUIET_MINUTE, type RollingMinute } from "./rolling-minute.ts";

/** A sum that fades with age. */
interface FadingSum {
  readonly sum: number;
  /** Unix milliseconds of the newest addition. */
  readonly at: number;
}

/** What is sent to a target and what it costs; plain, so that it can be stored and replayed. */
export interface TargetTraffic {
  readonly requests: RollingMinute;
  readonly tokens: RollingMinute;
  readonly successes: FadingSum;
  readonly costNanoUsd: FadingSum;
  /** Failures by name of the error code. */
  readonly errors: Readonly<Record<string, FadingSum>>;
}

/** The traffic of a target as it is now. */
export interface TrafficReading {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** 0: not measured. */
  readonly costPerSuccessNanoUsd: number;
  /** Failures by name of the error code, fading with age. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What an attempt tells of the traffic. */
export type TrafficFacts = Pick<AttemptFinished, "errorCode" | "inputTokens" | "outputTokens" | "costNanoUsd">;

const NOTHING: FadingSum = { sum: 0, at: 0 };

/** A target to which nothing was sent. */
export const NO_TRAFFIC: TargetTraffic = {
  requests: QUIET_MINUTE,
  tokens: QUIET_MINUTE,
  successes: NOTHING,
  costNanoUsd: NOTHING,
  errors: {},
};

/** Failures with which an attempt ends before anything is sent to the provider. */
const NEVER_SENT: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.UNAUTHENTICATED,
  ErrorCode.PERMISSION_DENIED,
  ErrorCode.BUDGET_EXCEEDED,
  ErrorCode.COST_LIMIT_EXCEEDED,
  ErrorCode.NO_TARGET,
  ErrorCode.CIRCUIT_OPEN,
  ErrorCode.UNIMPLEMENTED,
  ErrorCode.UNAVAILABLE,
]);
/** Less of a fading sum counts as nothing. */
const NEGLIGIBLE = 0.01;

/**
 * Takes an attempt into the traffic of its target.
 *
 * @param fadeMs milliseconds after which errors, successes and their cost count 37 %
 */
export function advanceTraffic(state: TargetTraffic, attempt: TrafficFacts, now: number, fadeMs: number): TargetTraffic {
  const sent = !NEVER_SENT.has(attempt.errorCode);
  const failed = attemptOutcome(attempt.errorCode) === "failed";
  const succeeded = attempt.errorCode === ErrorCode.UNSPECIFIED;
  const cost = Number(attempt.costNanoUsd);
  return {
    requests: sent ? addToMinute(state.requests, 1, now) : state.requests,
    tokens: sent ? addToMinute(state.tokens, attempt.inputTokens + attempt.outputTokens, now) : state.tokens,
    successes: succeeded ? add(state.successes, 1, now, fadeMs) : state.successes,
    costNanoUsd: cost > 0 ? add(state.costNanoUsd, cost, now, fadeMs) : state.costNanoUsd,
    errors: failed ? addError(state.errors, attempt.errorCode, now, fadeMs) : state.errors,
  };
}

/** Reads the traffic of a target as it is now. */
export function readTraffic(state: TargetTraffic, now: number, fadeMs: number): TrafficReading {
  const successes = fadedSum(state.successes, now, fadeMs);
  const errors: Record<string, number> = {};
  for (const [name, sum] of Object.entries(state.errors)) {
    const count = fadedSum(sum, now, fadeMs);
    if (count >= NEGLIGIBLE) errors[name] = count;
  }
  return {
    requestsPerMinute: minuteSum(state.requests, now),
    tokensPerMinute: minuteSum(state.tokens, now),
    costPerSuccessNanoUsd: successes < NEGLIGIBLE ? 0 : fadedSum(state.costNanoUsd, now, fadeMs) / successes,
    errors,
  };
}

/** Codes are a closed set, so their number is bounded; one of a later version has no name here. */
function addError(
  errors: TargetTraffic["errors"],
  code: ErrorCode,
  now: number,
  fadeMs: number,
): TargetTraffic["errors"] {
  const name = ErrorCode[code] ?? "OTHER";
  return { ...errors, [name]: add(errors[name] ?? NOTHING, 1, now, fadeMs) };
}

function add(state: FadingSum, amount: number, now: number, fadeMs: number): FadingSum {
  return { sum: fadedSum(state, now, fadeMs) + amount, at: Math.max(state.at, now) };
}

function fadedSum({ sum, at }: FadingSum, now: number, fadeMs: number): number {
  return sum * Math.exp(-Math.max(0, now - at) / fadeMs);
}
