import { mean, standardDeviation } from "simple-statistics";
import { seededRandom, shuffle } from "../seeded-random.ts";
import { calibrate, type Profile } from "./calibrate.ts";
import { createDecider } from "./decide.ts";
import { measureResults, type Measured } from "./measure-results.ts";
import type { Case, Model, Outcomes, Result } from "./read-outcomes.ts";
import { bestOf, runBaselines, runStrategy, runWeights, STRATEGIES } from "./run-policies.ts";

/** Weights of cost that are tried; quality gets the rest. */
export const SWEPT = Array.from({ length: 21 }, (_, index) => index / 20);
/** Quality that may be lost against always the best, as a share. */
export const ALLOWED_LOSS = 0.03;
/** Standard errors by which a loss must stay below what is allowed. */
export const MARGINS = [0, 1] as const;
/** Parts that the calibrating half is cut into to choose weights. */
const FOLDS = 5;

/** What one split of the cases came to, on the half that the catalogue was not calibrated on. */
export interface Split {
  readonly profiles: readonly Profile[];
  /** By name; baselines first. */
  readonly measured: ReadonlyMap<string, Measured>;
  /** Always the model that is best over all cases, which is known only in hindsight. */
  readonly best: Measured;
  /** By weight of cost, in the order of `SWEPT`. */
  readonly sweep: readonly Measured[];
  /** Weights of cost chosen on the half that the catalogue was calibrated on: one for each of `MARGINS`. */
  readonly chosen: readonly { readonly weight: number; readonly measured: Measured }[];
}

/** Calibrates on one half of the cases and measures on the other. */
export function runSplit({ cases, models }: Outcomes, seed: number): Split {
  const random = seededRandom(seed);
  const order = shuffle(cases, random);
  const half = Math.floor(order.length / 2);
  const [train, test] = [order.slice(0, half), order.slice(half)];
  const profiles = calibrate(train, models);
  const decide = createDecider(profiles, random);
  const baselines = runBaselines(test, profiles, random);
  const strategies = STRATEGIES.map((name) => [name, runStrategy(name, test, decide)] as const);
  const sweep = SWEPT.map((weight) => measureResults(runWeights(weight, test, decide)));
  const judged = judgeWeights(train, models, random);
  return {
    profiles,
    measured: new Map(
      [...baselines, ...strategies].map(([name, results]) => [name.replace(/ \(.*\)$/, ""), measureResults(results)]),
    ),
    best: measureResults(alwaysOn(test, bestOf(calibrate(cases, models)))),
    sweep,
    chosen: MARGINS.map((margin) => {
      const place = chooseWeight(judged, margin);
      return { weight: SWEPT[place] as number, measured: sweep[place] as Measured };
    }),
  };
}

/** Answers by weight, and those of always the best, case by case. */
interface Judged {
  readonly byWeight: readonly Result[][];
  readonly best: readonly Result[];
}

/** Each fifth of the cases is judged by a catalogue calibrated on the others, since it flatters what it was calibrated on. */
function judgeWeights(cases: readonly Case[], models: readonly Model[], random: () => number): Judged {
  const byWeight: Result[][] = SWEPT.map(() => []);
  const best: Result[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = cases.filter((_, index) => index % FOLDS === fold);
    const profiles = calibrate(
      cases.filter((_, index) => index % FOLDS !== fold),
      models,
    );
    const decide = createDecider(profiles, random);
    for (const [place, weight] of SWEPT.entries()) byWeight[place]?.push(...runWeights(weight, own, decide));
    best.push(...alwaysOn(own, bestOf(profiles)));
  }
  return { byWeight, best };
}

/** Place of the cheapest weight that loses no more than allowed, with a margin in standard errors; of the first where none does. */
function chooseWeight({ byWeight, best }: Judged, margin: number): number {
  const cost = (place: number) => measureResults(byWeight[place] ?? best).costPerThousand;
  const good = [...byWeight.keys()].filter((place) => lossOf(byWeight[place] ?? [], best, margin) <= ALLOWED_LOSS);
  return good.reduce((chosen, place) => (cost(place) < cost(chosen) ? place : chosen), good[0] ?? 0);
}

/** Share of quality lost, and some standard errors more: of many weights, some look better than they are. */
function lossOf(results: readonly Result[], best: readonly Result[], margin: number): number {
  const losses = results.map(({ correct }, index) => (best[index]?.correct ?? 0) - correct);
  const error = standardDeviation(losses) / Math.sqrt(losses.length);
  return (mean(losses) + margin * error) / measureResults(best).accuracy;
}

function alwaysOn(cases: readonly Case[], model: number): Result[] {
  return cases.flatMap(({ results }) => results[model] ?? []);
}
