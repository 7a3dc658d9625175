import { changeText, percent, printLine, printTable } from "../adaptive/show-figures.ts";
import { drawFront, type Spot } from "./draw-front.ts";
import { against, type Measured, meanOf, measureResults } from "./measure-results.ts";
import { type Outcomes, readOutcomes } from "./read-outcomes.ts";
import { ALLOWED_LOSS, MARGINS, runSplit, type Split, SWEPT } from "./split-cases.ts";

/** What to evaluate and with what; what is absent is looked for beside the outcomes. */
export interface SeveralModelsEvaluation {
  readonly outcomes: string;
  readonly prompts?: string;
  readonly models?: string;
  readonly seed: number;
  /** Folder of the chart. */
  readonly out: string;
}

/** Splits of the cases into halves; one alone would say more of the split than of the strategies. */
const SPLITS = 10;
const HEAD = [
  "",
  "right",
  "$ per 1,000 calls",
  "$ per 1,000 right",
  "latency ms",
  "latency p95 ms",
  "cost saved",
  "quality lost",
] as const;

/**
 * Measures the product's strategies on recorded outcomes of several models: one half of the cases calibrates the
 * catalogue, the other is decided by `decideRoute`, and the answer of the chosen model counts.
 * @throws InputError where a file cannot be used or no prices are there
 */
export async function evaluateSeveralModels(evaluation: SeveralModelsEvaluation): Promise<void> {
  const { seed, out } = evaluation;
  const outcomes = readOutcomes(evaluation);
  for (const note of outcomes.notes) printLine(note);
  printLine(
    `Splits: ${SPLITS} (seeds ${seed} to ${seed + SPLITS - 1}); a half of the ids calibrates strengths by model and category, and latency; figures are of the other half.`,
  );
  const splits = Array.from({ length: SPLITS }, (_, index) => runSplit(outcomes, seed + index));
  showModels(outcomes);
  showStrategies(splits, nameOfBest(outcomes));
  showSweep(splits);
  showGoal(splits);
  printLine(`\nChart: ${await drawFront(out, modelSpots(outcomes), strategySpots(splits), sweepSpots(splits))}`);
}

function showModels(outcomes: Outcomes): void {
  printLine("\nSingle models, all cases");
  const rows = outcomes.models.map(({ name, priceIn, priceOut }, place) => {
    const own = measureModel(outcomes, place);
    return [
      name,
      `${priceIn} / ${priceOut}`,
      percent(own.accuracy),
      own.costPerThousand.toFixed(3),
      own.latencyMs.toFixed(0),
    ];
  });
  printTable(["model", "$ per million in / out", "right", "$ per 1,000 calls", "latency ms"], rows);
}

function showStrategies(splits: readonly Split[], bestName: string): void {
  const [first] = splits as [Split];
  printLine(
    `\nStrategies and what to compare them with; saved and lost against always ${bestName}, the best over all cases`,
  );
  printTable(
    HEAD,
    [...first.measured.keys()].map((name) => rowOf(name, splits, (split) => split.measured.get(name) ?? split.best)),
  );
}

function showSweep(splits: readonly Split[]): void {
  printLine("\nweighted_composite by its weight of cost; quality has the rest");
  const places = SWEPT.flatMap((_, place) => (place % 2 === 0 ? [place] : []));
  printTable(
    HEAD,
    places.map((place) => rowOf((SWEPT[place] ?? 0).toFixed(2), splits, (split) => split.sweep[place] ?? split.best)),
  );
}

/** Weights chosen on one half, judged on the other. */
function showGoal(splits: readonly Split[]): void {
  printLine(
    `\nWeights chosen on the calibrating half (each fifth by a catalogue of the others), judged on the other half against always the best over all cases; ± over the splits, which share cases:`,
  );
  for (const [rule, margin] of MARGINS.entries()) {
    const chosen = splits.flatMap((split) => split.chosen[rule] ?? []);
    const differences = chosen.map(({ measured }, index) => against(measured, splits[index]?.best ?? measured));
    const weights = chosen.map(({ weight }) => weight);
    const allowed = `${percent(ALLOWED_LOSS)} of quality lost at most${margin === 0 ? "" : `, with ${margin} standard error to spare`}`;
    printLine(
      `- ${allowed}: weight of cost ${Math.min(...weights)} to ${Math.max(...weights)}, cost ${changeText(differences.map(({ saved }) => -saved))}, quality ${changeText(differences.map(({ lost }) => -lost))}`,
    );
  }
}

function rowOf(name: string, splits: readonly Split[], pick: (split: Split) => Measured): string[] {
  const own = meanOf(splits.map(pick));
  const { saved, lost } = against(own, meanOf(splits.map(({ best }) => best)));
  return [
    name,
    percent(own.accuracy),
    own.costPerThousand.toFixed(3),
    own.costPerThousandRight.toFixed(3),
    own.latencyMs.toFixed(0),
    own.latencyP95Ms.toFixed(0),
    percent(saved),
    percent(lost),
  ];
}

function nameOfBest(outcomes: Outcomes): string {
  const accuracies = outcomes.models.map((_, place) => measureModel(outcomes, place).accuracy);
  return outcomes.models[accuracies.indexOf(Math.max(...accuracies))]?.name ?? "";
}

function measureModel({ cases }: Outcomes, place: number): Measured {
  return measureResults(cases.flatMap(({ results }) => results[place] ?? []));
}

function modelSpots(outcomes: Outcomes): Spot[] {
  return outcomes.models.map(({ name }, place) => ({ name, ...measureModel(outcomes, place) }));
}

function strategySpots(splits: readonly Split[]): Spot[] {
  const names = [...(splits[0]?.measured.keys() ?? [])].filter((name) => !name.startsWith("always"));
  return names.map((name) => ({ name, ...meanOf(splits.map((split) => split.measured.get(name) ?? split.best)) }));
}

function sweepSpots(splits: readonly Split[]): Spot[] {
  return SWEPT.map((weight, place) => ({
    name: weight.toFixed(2),
    ...meanOf(splits.map((split) => split.sweep[place] ?? split.best)),
  }));
}
