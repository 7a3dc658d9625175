import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { type Judgement, NOT_KNOWN, worstOf } from "./judge-level.ts";
import { type SettledVerdict, settled, settleVerdict } from "./settle-verdict.ts";

/** Bounds of what checks and rows of failures mean. */
export interface HealthSettings {
  /** Milliseconds for which judgements must be better before the verdict is. */
  readonly recoverMs: number;
  /** Checks in a row that fail before a target is unhealthy. */
  readonly failedChecks: number;
  /** Checks in a row that are answered before an unhealthy target is tried again. */
  readonly answeredChecks: number;
  /** Calls in a row that fail before a target is unhealthy, whatever the rest of the window says. */
  readonly failedCalls: number;
}

/** What is known of a target now. */
export interface HealthEvidence {
  /** What its levels say, by the calls in their windows. */
  readonly levels: Judgement;
  /** Calls that failed since the last that succeeded. */
  readonly failedCalls: number;
  /** Unix milliseconds of the last call that failed. 0: none. */
  readonly lastFailedCall: number;
  /** Checks of the provider. Undefined: it is not checked. */
  readonly checks: CheckRow | undefined;
}

/** Checks in a row that ended alike. */
export interface CheckRow {
  readonly answered: boolean;
  readonly inARow: number;
}

/** The verdict on a target, and what its recovery depends on. */
export interface TargetVerdict extends SettledVerdict {
  /** Times in a row that it was tried again and failed again. */
  readonly relapses: number;
  /** Unix milliseconds at which it was last tried again. 0: never. */
  readonly triedAt: number;
}

/** A verdict about which nothing is known. */
export function unknownTarget(now: number): TargetVerdict {
  return { ...settled(NOT_KNOWN, now), relapses: 0, triedAt: 0 };
}

/** Milliseconds after a new try within which becoming unhealthy is a relapse, and the most that recovery is held back. */
const RELAPSE_MS = 600_000;
const MOST_HOLD_MS = 300_000;

/** Takes what is known into the verdict: the worst of calls and checks counts. */
export function advanceHealth(state: TargetVerdict, evidence: HealthEvidence, settings: HealthSettings, now: number): TargetVerdict {
  const judgement = judgeEvidence(evidence, settings);
  const next = settleVerdict(state, judgement, settings.recoverMs, now);
  const fell = next.verdict === Verdict.UNHEALTHY && state.verdict !== Verdict.UNHEALTHY;
  if (!fell) return { ...next, relapses: state.relapses, triedAt: state.triedAt };
  const relapsed = state.triedAt > 0 && now - state.triedAt < RELAPSE_MS;
  return { ...next, relapses: relapsed ? state.relapses + 1 : 0, triedAt: state.triedAt };
}

/**
 * True when an unhealthy target is to be tried again although nobody calls it: checks are answered, and for long enough it
 * was unhealthy without another call that failed. That time doubles with each relapse, since a provider can answer checks
 * and still fail the calls of one model. Whoever tries it again forgets the calls so far.
 */
export function isWorthATry(state: TargetVerdict, evidence: HealthEvidence, settings: HealthSettings, now: number): boolean {
  const { checks, lastFailedCall } = evidence;
  if (state.verdict !== Verdict.UNHEALTHY || checks === undefined || !checks.answered) return false;
  const holdMs = Math.min(MOST_HOLD_MS, settings.recoverMs * 2 ** Math.min(state.relapses, 20));
  return checks.inARow >= settings.answeredChecks && now - Math.max(state.since, lastFailedCall) >= holdMs;
}

/** A target that is tried again: degraded until calls or time have shown that it is well. */
export function tryAgain(state: TargetVerdict, now: number): TargetVerdict {
  const judgement = { verdict: Verdict.DEGRADED, reason: "It answers checks again and is being tried." };
  return { ...settled(judgement, now), relapses: state.relapses, triedAt: now };
}

function judgeEvidence({ levels, failedCalls, checks }: HealthEvidence, settings: HealthSettings): Judgement {
  const found: Judgement[] = [];
  if (checks !== undefined && !checks.answered && checks.inARow >= settings.failedChecks) {
    found.push({ verdict: Verdict.UNHEALTHY, reason: `The last ${checks.inARow} checks of the provider failed.` });
  }
  if (failedCalls >= settings.failedCalls) {
    found.push({ verdict: Verdict.UNHEALTHY, reason: `The last ${failedCalls} calls failed.` });
  }
  const worst = worstOf([levels, ...found]);
  // Without enough calls an answered check is all there is to go by.
  return worst.verdict === Verdict.UNSPECIFIED && checks?.answered === true ? { verdict: Verdict.HEALTHY, reason: "" } : worst;
}
