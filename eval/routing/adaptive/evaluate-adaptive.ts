import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import { type OutcomeFiles, readOutcomes } from "../several-models/read-outcomes.ts";
import { compareSettings, compareWithStart, showRegret } from "./compare-with-start.ts";
import { drawDrift, drawRegret } from "./draw-charts.ts";
import { measureDrift } from "./drift.ts";
import { qualityByPrice } from "./price-prior.ts";
import type { ContextSource } from "./replay.ts";
import { tabulateRewards } from "./reward-table.ts";
import { runPasses } from "./run-passes.ts";
import { printLine } from "./show-figures.ts";
import { showPredictionErrors } from "./show-prediction-errors.ts";

/** What to evaluate and with what. */
export interface AdaptiveEvaluation extends OutcomeFiles {
  readonly seed: number;
  /** Passes, each in an order of its own; at least 20 for the intervals. */
  readonly passes: number;
  /** By what requests are told apart. */
  readonly contexts: ContextSource;
  /** Folder of the charts. */
  readonly out: string;
}

/**
 * Replays recorded outcomes as requests to the adaptive strategy, which sees only the outcome of the model it chose, and
 * prints what it learned, against the same strategy that never learns.
 * @throws InputError where a file cannot be used
 */
export async function evaluateAdaptive(evaluation: AdaptiveEvaluation): Promise<void> {
  const { seed, passes: count, contexts, out } = evaluation;
  const outcomes = readOutcomes(evaluation);
  for (const note of outcomes.notes) printLine(note);
  const { weights } = DEFAULT_LEARNING;
  printLine(
    `Passes: ${count}, each case once in each, seeds ${seed} to ${seed + count - 1}. Contexts: ${contexts}. Weights: quality ${weights.quality}, cost ${weights.cost}, latency ${weights.latency}.`,
  );
  printLine(
    "The start knows list prices only: a dearer model is taken to be better, 0.70 to 0.95, and all to be equally fast.",
  );
  printLine("± is the 95 % interval over orders and draws of the same cases, not over other cases.");

  const qualities = qualityByPrice(outcomes.models);
  const passes = runPasses(outcomes, { contexts, qualities, options: DEFAULT_LEARNING }, seed, count);
  const rewards = tabulateRewards(passes[0]?.arrivals ?? [], weights);
  printLine("\nLearning against its own start");
  compareWithStart(passes, rewards);
  showRegret(passes, rewards);
  showPredictionErrors(passes);
  printLine("\nOther weights, contexts and starts");
  compareSettings(outcomes, seed, count);
  printLine("\nA model turns bad");
  const drifted = measureDrift(outcomes, passes, contexts, qualities, seed);
  printLine(`\nCharts: ${await drawRegret(out, passes, rewards)}, ${await drawDrift(out, drifted)}`);
}
