import { advanceLearned } from "@fairlead/decision/learning/advance-learned";
import { createLearned } from "@fairlead/decision/learning/learned-state";
import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import type { Profile } from "./calibrate.ts";
import { type createDecider, PROVIDER } from "./decide.ts";
import type { Case, Result } from "./read-outcomes.ts";

/** Strategies that a table can tell something about; the others need live load, budgets or several sellers of a model. */
export const STRATEGIES = [
  "cost",
  "speed",
  "quality",
  "weighted_composite",
  "cost_quality_balance",
  "cost_speed_balance",
  "minimize_cost",
  "task_complexity",
  "adaptive",
] as const;

type Decide = ReturnType<typeof createDecider>;

/** Lets a strategy decide about each case. `adaptive` learns from the answers of the models it chose, as they come. */
export function runStrategy(strategy: string, cases: readonly Case[], decide: Decide): Result[] {
  if (strategy === "adaptive") return runAdaptive(cases, decide);
  return cases.map((one) => resultOf(one, decide(one, { strategy }).model));
}

/** The weighted composite of cost and quality alone. */
export function runWeights(cost: number, cases: readonly Case[], decide: Decide): Result[] {
  return cases.map((one) =>
    resultOf(one, decide(one, { strategy: "weighted_composite", weights: { cost, quality: 1 - cost } }).model),
  );
}

/** Ways to choose that know nothing of a case, or all. */
export function runBaselines(
  cases: readonly Case[],
  profiles: readonly Profile[],
  random: () => number,
): readonly (readonly [name: string, results: Result[]])[] {
  const always = (place: number) => cases.map((one) => resultOf(one, place));
  return [
    [`always the best of the calibrating half (${nameOf(profiles, bestOf(profiles))})`, always(bestOf(profiles))],
    [`always the dearest (${nameOf(profiles, dearestOf(profiles))})`, always(dearestOf(profiles))],
    [`always the cheapest (${nameOf(profiles, cheapestOf(profiles))})`, always(cheapestOf(profiles))],
    ["any model", cases.map((one) => resultOf(one, Math.floor(random() * profiles.length)))],
    ["oracle: the cheapest that is right", cases.map(({ results }) => cheapestRight(results))],
  ];
}

/** Place of the model that was right most often where the catalogue was calibrated. */
export function bestOf(profiles: readonly Profile[]): number {
  return placeOfMost(profiles, ({ accuracy }) => accuracy);
}

function dearestOf(profiles: readonly Profile[]): number {
  return placeOfMost(profiles, ({ model }) => model.priceIn + model.priceOut);
}

function cheapestOf(profiles: readonly Profile[]): number {
  return placeOfMost(profiles, ({ model }) => -model.priceIn - model.priceOut);
}

function placeOfMost(profiles: readonly Profile[], figure: (one: Profile) => number): number {
  return profiles.reduce((best, one, place) => (figure(one) > figure(profiles[best] as Profile) ? place : best), 0);
}

function nameOf(profiles: readonly Profile[], place: number): string {
  return profiles[place]?.model.name ?? "";
}

function cheapestRight(results: readonly Result[]): Result {
  const right = results.filter(({ correct }) => correct >= 0.5);
  return (right.length > 0 ? right : results).reduce((best, one) => (one.costNanoUsd < best.costNanoUsd ? one : best));
}

function runAdaptive(cases: readonly Case[], decide: Decide): Result[] {
  const learned = createLearned();
  return cases.map((one, index) => {
    const choice = decide(one, { strategy: "adaptive", learned });
    const result = resultOf(one, choice.model);
    advanceLearned(
      learned,
      {
        context: { category: one.category, complexity: one.analysis.complexity },
        arm: `${PROVIDER}/${choice.name}`,
        succeeded: true,
        quality: result.correct,
        costNanoUsd: result.costNanoUsd,
        latencyMs: result.latencyMs,
        expected: { costNanoUsd: choice.costNanoUsd, latencyMs: choice.latencyMs },
        // A request a second.
        at: (index + 1) * 1_000,
      },
      DEFAULT_LEARNING,
    );
    return result;
  });
}

function resultOf({ results }: Case, model: number): Result {
  return results[model] as Result;
}
