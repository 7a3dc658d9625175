import { type BalancedTarget, defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { outstandingOf } from "./outstanding.ts";
import { noTurns, type SmoothTurns } from "./smooth-turns.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";
import { chooseOfTwo } from "./two-choices.ts";
import { usableWeights } from "./usable-weights.ts";

interface Sent {
  /** Tokens sent from here that may still be worked on. */
  tokens: number;
  /** Calls they came with. */
  calls: number;
  /** Tokens sent from here in about the last minute. */
  recent: number;
}

interface TokenState {
  turns: SmoothTurns;
  sent: TargetMemory<Sent>;
  /** Mean tokens of a request. 0: there was none. */
  meanTokens: number;
  /** Unix milliseconds of the last request. */
  at: number;
}

/** Providers count tokens by the minute. */
const RECENT_MS = 60_000;
/** Milliseconds for which a call is taken to last where that is not measured. */
const UNMEASURED_CALL_MS = 5_000;
/** What a token of the last minute counts against one that is being worked on. */
const RECENT_COUNTS = 0.3;
/** What one request changes of the mean. */
const MEAN_STEP = 0.02;

/**
 * The cheaper of two by tokens rather than requests:
 *
 *     (own tokens under way + others' calls x mean tokens + 0.3 x own tokens of the last minute) / (weight x headroom)
 *
 * Own tokens are taken to be worked on for about the measured latency of their target, so slow targets hold them longer
 * and get fewer. Headroom is the share of the tokens a minute that is left: a target near its limit gets less, one at
 * its limit nothing.
 */
export const tokenAware = defineBalancer<TokenState>({
  name: "token_aware",
  because: "requests differ widely in size or tokens a minute are limited; targets get even work, not even counts",
  createState: () => ({ turns: noTurns(), sent: emptyMemory(), meanTokens: 0, at: 0 }),
  order(state, targets, { expectedTokens, now, random }) {
    if (targets.length === 0) return [];
    const tokens = expectedTokens > 0 && expectedTokens < Number.POSITIVE_INFINITY ? expectedTokens : 1;
    state.meanTokens += state.meanTokens === 0 ? tokens : MEAN_STEP * (tokens - state.meanTokens);
    recall(state.sent, targets, () => ({ tokens: 0, calls: 0, recent: 0 }));
    fadeSent(state, targets, now);
    const weights = usableWeights(targets);
    const costs = targets.map((target, index) => costOf(state, index, target, tokens) / (weights[index] || 1));
    const pick = chooseOfTwo(state.turns, targets, weights, costs, random);
    const sent = state.sent.rows[pick] as Sent;
    sent.tokens += tokens;
    sent.calls += 1;
    sent.recent += tokens;
    return orderByCost(pick, weights, (index) => costs[index] as number);
  },
});

function costOf({ sent, meanTokens }: TokenState, index: number, target: BalancedTarget, tokens: number): number {
  const own = sent.rows[index] as Sent;
  const others = Math.max(0, outstandingOf(target) - own.calls) * meanTokens;
  const work = own.tokens + others + RECENT_COUNTS * own.recent + tokens;
  return work / Math.max(0.001, Math.min(1, target.tokenHeadroom));
}

function fadeSent(state: TokenState, targets: readonly BalancedTarget[], now: number): void {
  const elapsed = Math.max(0, now - state.at);
  state.at = Math.max(now, state.at);
  if (elapsed === 0) return;
  const keptRecent = Math.exp(-elapsed / RECENT_MS);
  for (let index = 0; index < targets.length; index++) {
    const { latencyMs } = targets[index] as BalancedTarget;
    const kept = Math.exp(-elapsed / (latencyMs > 0 ? latencyMs : UNMEASURED_CALL_MS));
    const own = state.sent.rows[index] as Sent;
    own.tokens *= kept;
    own.calls *= kept;
    own.recent *= keptRecent;
  }
}
