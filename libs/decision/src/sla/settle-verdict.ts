import type { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { Judgement } from "./judge-level.ts";

/** A verdict that does not flap. */
export interface SettledVerdict extends Judgement {
  /** Unix milliseconds since which the verdict holds. */
  readonly since: number;
  /** Unix milliseconds since which all judgements were better. Undefined: the last was not. */
  readonly betterSince: number | undefined;
  /** The worst of the judgements since then. */
  readonly betterVerdict: Verdict | undefined;
}

/** A verdict that starts as a judgement. */
export function settled(judgement: Judgement, now: number): SettledVerdict {
  return { ...judgement, since: now, betterSince: undefined, betterVerdict: undefined };
}

/**
 * Takes a judgement into a verdict. A worse one counts at once. A better one counts after all judgements were better for
 * `recoverMs`, and then it is the worst of them that counts, so a figure on its bound does not make the verdict flap.
 */
export function settleVerdict(state: SettledVerdict, judgement: Judgement, recoverMs: number, now: number): SettledVerdict {
  if (judgement.verdict > state.verdict) return settled(judgement, now);
  if (judgement.verdict === state.verdict) {
    return { ...state, reason: judgement.reason, betterSince: undefined, betterVerdict: undefined };
  }
  const betterSince = Math.min(state.betterSince ?? now, now);
  const betterVerdict = Math.max(state.betterVerdict ?? judgement.verdict, judgement.verdict) as Verdict;
  if (now - betterSince < recoverMs) return { ...state, betterSince, betterVerdict };
  // The reason belongs to the last judgement; the verdict may be a worse one of shortly before.
  return settled({ verdict: betterVerdict, reason: betterVerdict === judgement.verdict ? judgement.reason : "" }, now);
}
