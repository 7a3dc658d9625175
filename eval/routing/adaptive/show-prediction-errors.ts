import {
  advancePredictionErrors,
  createPredictionErrors,
  DEFAULT_PREDICTION_ERROR,
  describePredictionErrors,
} from "@fairlead/decision/learning/prediction-error";
import type { Step } from "./replay.ts";
import { blocksOf, type Pass } from "./run-passes.ts";
import { BLOCKS } from "./compare-with-start.ts";
import { percent, printTable } from "./show-figures.ts";

/** Prints how far predictions were off, of those made by the start and of those made after learning. */
export function showPredictionErrors(passes: readonly Pass[]): void {
  const block = (steps: readonly Step[], index: number) => blocksOf(steps, BLOCKS)[index] ?? [];
  printTable(
    ["Errors of predictions", "Brier", "log loss", "calibration error", "cost off by", "latency off by"],
    [
      errorRow(
        "Start, never learning",
        passes.flatMap((pass) => pass.frozen),
      ),
      errorRow(
        `Learning, first of ${BLOCKS} blocks`,
        passes.flatMap((pass) => block(pass.learned, 0)),
      ),
      errorRow(
        "Learning, last block",
        passes.flatMap((pass) => block(pass.learned, BLOCKS - 1)),
      ),
    ],
  );
}

function errorRow(name: string, steps: readonly Step[]): string[] {
  const errors = createPredictionErrors();
  const options = { ...DEFAULT_PREDICTION_ERROR, window: Math.max(1, steps.length) };
  for (const { arrival, chosen, predicted, result } of steps) {
    const { correct: quality, costNanoUsd, latencyMs } = result;
    advancePredictionErrors(
      errors,
      { arm: arrival.priors[chosen]?.arm ?? "", predicted, actual: { quality, costNanoUsd, latencyMs } },
      options,
    );
  }
  const { rows, calibrationError } = describePredictionErrors(errors);
  const all = rows[0];
  return [
    name,
    all?.brier?.toFixed(4) ?? "",
    all?.logLoss?.toFixed(4) ?? "",
    calibrationError?.toFixed(4) ?? "",
    percent(all?.costError ?? Number.NaN),
    percent(all?.latencyError ?? Number.NaN),
  ];
}
