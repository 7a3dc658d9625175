import { predictQuality } from "@fairlead/decision/quality/predict-quality";
import { mean } from "simple-statistics";
import type { Case, Model } from "./read-outcomes.ts";

/** What a catalogue would say of a model after it was measured on some cases. */
export interface Profile {
  readonly model: Model;
  /** Strength over all, 0 to 1. */
  readonly strength: number;
  /** By category of the table. */
  readonly strengths: Readonly<Record<string, number>>;
  readonly latencyMs: number;
  /** Cases it was measured on. */
  readonly cases: number;
  /** Share of them that it got right. */
  readonly accuracy: number;
}

/** Cases that "as good as on the whole, in a category as hard as for all" counts as. */
const PRIOR_CASES = 10;

/** Measures models on cases. */
export function calibrate(cases: readonly Case[], models: readonly Model[]): Profile[] {
  const categories = Map.groupBy(cases, ({ category }) => category);
  const hardness = new Map(
    [...categories].map(([name, own]) => [
      name,
      mean(own.flatMap(({ results }) => results.map(({ correct }) => correct))),
    ]),
  );
  const all = mean([...cases].flatMap(({ results }) => results.map(({ correct }) => correct)));
  return models.map((model, place) => {
    const accuracyOn = (own: readonly Case[]) => mean(own.map(({ results }) => results[place]?.correct ?? 0));
    const accuracy = accuracyOn(cases);
    const strengths = [...categories].map(([name, own]) => {
      const expected = accuracy + (hardness.get(name) ?? all) - all;
      const shrunk = (PRIOR_CASES * expected + own.length * accuracyOn(own)) / (PRIOR_CASES + own.length);
      return [name, strengthFor(shrunk, own)] as const;
    });
    return {
      model,
      strength: strengthFor(accuracy, cases),
      strengths: Object.fromEntries(strengths),
      latencyMs: mean(cases.map(({ results }) => results[place]?.latencyMs ?? 0)),
      cases: cases.length,
      accuracy,
    };
  });
}

/** The strength at which the product predicts an accuracy for cases of their difficulty; by bisection. */
function strengthFor(accuracy: number, cases: readonly Case[]): number {
  const difficulties = cases.map(({ analysis }) => analysis.difficulty);
  let [low, high] = [0, 1];
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (mean(difficulties.map((difficulty) => predictQuality(middle, difficulty))) < accuracy) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
