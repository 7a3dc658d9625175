import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { longPromptFactors } from "./long-prompt-factors.ts";

/** A target and what it was measured to cost at its base rates. Prices are nano-dollars for a million tokens. */
export interface EffectivePrice {
  readonly provider: string;
  readonly model: string;
  /** Empty: the model's only deployment. */
  readonly deployment: string;
  /** Name that the same weights have at every provider. */
  readonly canonicalModel: string;
  /** Tier of the model, for example balanced. */
  readonly tier: string;
  readonly capabilities: readonly string[];
  /** How good it is, 0 to 1. */
  readonly quality: number;
  /** Of prompts, cached tokens included. */
  readonly inputNanoUsd: bigint;
  /** Of answers, reasoning included. */
  readonly outputNanoUsd: bigint;
  /** Its list price, which tells what long prompts cost more; undefined: not known. */
  readonly listed: ModelPrice | undefined;
  /** Tokens of a prompt on average, cached ones included. */
  readonly promptTokens: number;
  /** Share of the prompts' tokens that came from a cache, 0 to 1. */
  readonly cacheHitShare: number;
  /** Calls that the prices rest on. */
  readonly calls: number;
  /** Recent traffic. */
  readonly inputTokensPerDay: number;
  readonly outputTokensPerDay: number;
}

/** Names a target. */
export interface ArbitrageTarget {
  readonly provider: string;
  readonly model: string;
  readonly deployment: string;
}

/** Traffic that another target would serve for less. */
export interface ArbitrageOpportunity {
  /** Whether the other target has the same weights, or is another model of the same class. */
  readonly kind: "same_model" | "same_class";
  readonly from: ArbitrageTarget;
  readonly to: ArbitrageTarget;
  /** Nano-dollars for a million tokens of the mix that `from` serves: at `from` and at `to`. */
  readonly fromNanoUsdPerMillion: bigint;
  readonly toNanoUsdPerMillion: bigint;
  /** Nano-dollars saved on a million tokens of that mix. */
  readonly savingNanoUsdPerMillion: bigint;
  /** Part of the cost that is saved, 0 to 1. */
  readonly savingShare: number;
  /** Nano-dollars saved in 30 days of traffic like the recent one. */
  readonly monthlySavingNanoUsd: bigint;
  /** Calls that the weaker side of the comparison rests on. */
  readonly evidence: number;
  /** What to mind before moving the traffic, in whole sentences. */
  readonly caveats: readonly string[];
}

/** What counts as an opportunity. */
export interface ArbitrageSettings {
  /** How much less the quality of another model of the class may be. */
  readonly qualityTolerance: number;
  /** Least part of the cost that must be saved. */
  readonly minSavingShare: number;
  /** Calls that both prices must rest on. */
  readonly minCalls: number;
  /** Opportunities listed at most. */
  readonly limit: number;
}

/** Defaults: three hundredths of quality, two hundredths of the cost, twenty calls, a hundred opportunities. */
export const DEFAULT_ARBITRAGE: ArbitrageSettings = {
  qualityTolerance: 0.03,
  minSavingShare: 0.02,
  minCalls: 20,
  limit: 100,
};

const DAYS_OF_MONTH = 30;
const MILLION = 1_000_000;
/** Fewer calls than this are worth a caveat. */
const FEW_CALLS = 200;
/** Cache hits that make up this part of the prompts are worth a caveat. */
const NOTABLE_CACHE_HITS = 0.1;

/**
 * Finds traffic that another target would serve for less: one with the same weights, or another model of the same tier with
 * all capabilities and about the quality of the first. Both are compared on the mix of prompts and answers that the first
 * serves, and at the rates that its average prompt pays, so that a target does not look cheap for having had longer
 * prompts, or dear.
 *
 * @param prices at most one for each target; those without recent traffic are only moved to
 * @returns the largest monthly savings first; of equal ones, by name
 */
export function findArbitrage(
  prices: readonly EffectivePrice[],
  settings: ArbitrageSettings = DEFAULT_ARBITRAGE,
): ArbitrageOpportunity[] {
  const measured = prices.filter(({ calls }) => calls >= settings.minCalls);
  const found = measured.flatMap((from) => measured.flatMap((to) => compare(from, to, settings) ?? []));
  return found.sort(bySaving).slice(0, settings.limit);
}

function compare(
  from: EffectivePrice,
  to: EffectivePrice,
  settings: ArbitrageSettings,
): ArbitrageOpportunity | undefined {
  const kind = relation(from, to, settings.qualityTolerance);
  const tokens = from.inputTokensPerDay + from.outputTokensPerDay;
  if (kind === undefined || !(tokens > 0)) return undefined;
  const costOf = ({ inputNanoUsd, outputNanoUsd, listed }: EffectivePrice) => {
    const { input, output } = longPromptFactors(listed, from.promptTokens);
    const inputCost = Number(inputNanoUsd) * input * from.inputTokensPerDay;
    return (inputCost + Number(outputNanoUsd) * output * from.outputTokensPerDay) / tokens;
  };
  const saving = costOf(from) - costOf(to);
  const savingShare = saving / costOf(from);
  if (!(saving > 0 && savingShare >= settings.minSavingShare)) return undefined;
  const fromNanoUsdPerMillion = BigInt(Math.round(costOf(from)));
  const toNanoUsdPerMillion = BigInt(Math.round(costOf(to)));
  return {
    kind,
    from: nameOf(from),
    to: nameOf(to),
    fromNanoUsdPerMillion,
    toNanoUsdPerMillion,
    savingNanoUsdPerMillion: fromNanoUsdPerMillion - toNanoUsdPerMillion,
    savingShare,
    monthlySavingNanoUsd: BigInt(Math.round((saving * tokens * DAYS_OF_MONTH) / MILLION)),
    evidence: Math.min(from.calls, to.calls),
    caveats: caveatsOf(kind, from, to),
  };
}

function relation(
  from: EffectivePrice,
  to: EffectivePrice,
  tolerance: number,
): ArbitrageOpportunity["kind"] | undefined {
  if (from.provider === to.provider && from.model === to.model && from.deployment === to.deployment) return undefined;
  if (from.canonicalModel !== "" && from.canonicalModel === to.canonicalModel) return "same_model";
  const able = from.capabilities.every((capability) => to.capabilities.includes(capability));
  return from.tier === to.tier && able && to.quality >= from.quality - tolerance ? "same_class" : undefined;
}

function caveatsOf(kind: ArbitrageOpportunity["kind"], from: EffectivePrice, to: EffectivePrice): string[] {
  const caveats: string[] = [];
  if (kind === "same_class") {
    caveats.push(
      `It is another model: its quality is ${to.quality.toFixed(2)}, that of the present one ${from.quality.toFixed(2)}.`,
    );
  }
  const missing = from.capabilities.filter((capability) => !to.capabilities.includes(capability));
  if (missing.length > 0) caveats.push(`It is not offered there with ${missing.join(", ")}.`);
  if (to.cacheHitShare >= NOTABLE_CACHE_HITS) {
    caveats.push(
      `Its price counts on ${percent(to.cacheHitShare)} of the prompts coming from its cache, as its present traffic does.`,
    );
  }
  const fewest = Math.min(from.calls, to.calls);
  if (fewest < FEW_CALLS) caveats.push(`The comparison rests on ${Math.floor(fewest)} calls only.`);
  return caveats;
}

function bySaving(one: ArbitrageOpportunity, other: ArbitrageOpportunity): number {
  if (one.monthlySavingNanoUsd !== other.monthlySavingNanoUsd)
    return one.monthlySavingNanoUsd > other.monthlySavingNanoUsd ? -1 : 1;
  const name = ({ from, to }: ArbitrageOpportunity) =>
    [from, to].flatMap((target) => Object.values(nameOf(target))).join("\0");
  return name(one) < name(other) ? -1 : 1;
}

function nameOf({ provider, model, deployment }: ArbitrageTarget): ArbitrageTarget {
  return { provider, model, deployment };
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
