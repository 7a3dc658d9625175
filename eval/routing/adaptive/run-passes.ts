import { createLearned } from "@fairlead/decision/learning/learned-state";
import type { LearningOptions } from "@fairlead/decision/learning/learning-options";
import { seededRandom, shuffle } from "../seeded-random.ts";
import type { Outcomes, Result } from "../several-models/read-outcomes.ts";
import { type Arrival, arrivalsOf, type ContextSource, replay, replayFrozen, type Step } from "./replay.ts";

/** One run through all cases in an order of its own; each case comes once. */
export interface Pass {
  readonly arrivals: readonly Arrival[];
  readonly learned: readonly Step[];
  /** The same requests by the start alone. */
  readonly frozen: readonly Step[];
  /** The same requests to any model. */
  readonly random: readonly Step[];
}

/** What a pass is run with. */
export interface PassSetting {
  readonly contexts: ContextSource;
  /** Expected of each model before anything was learned, 0 to 1. */
  readonly qualities: readonly number[];
  readonly options: LearningOptions;
}

/** Runs passes, each from nothing learned; the first with the seed, the others with the numbers after it. */
export function runPasses({ cases, models }: Outcomes, setting: PassSetting, seed: number, count: number): Pass[] {
  return Array.from({ length: count }, (_, index) => {
    const draw = seededRandom(seed + index);
    const arrivals = arrivalsOf(shuffle(cases, draw), models, setting.qualities, setting.contexts);
    const learned = replay(arrivals, setting.options, draw, createLearned());
    return {
      arrivals,
      learned,
      frozen: replayFrozen(arrivals, setting.options),
      random: toAny(arrivals, models.length, draw),
    };
  });
}

function toAny(arrivals: readonly Arrival[], models: number, draw: () => number): Step[] {
  return arrivals.map((arrival) => {
    const chosen = Math.floor(draw() * models);
    const { costNanoUsd = 0, latencyMs = 0 } = arrival.priors[chosen] ?? {};
    const predicted = { quality: 0.5, costNanoUsd, latencyMs };
    return { arrival, chosen, exploring: false, result: arrival.results[chosen] as Result, predicted, alarms: [] };
  });
}

/** Cuts requests into blocks of the same length; the last takes what is left over. */
export function blocksOf<T>(steps: readonly T[], count: number): T[][] {
  const length = Math.floor(steps.length / count);
  return Array.from({ length: count }, (_, index) =>
    steps.slice(index * length, index === count - 1 ? undefined : (index + 1) * length),
  );
}
