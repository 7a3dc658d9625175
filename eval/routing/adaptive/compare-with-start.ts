import { DEFAULT_LEARNING, type RewardWeights } from "@fairlead/decision/learning/learning-options";
import type { Outcomes } from "../several-models/read-outcomes.ts";
import { type Measured, measureSteps } from "./measure-steps.ts";
import { equalQuality, qualityByPrice } from "./price-prior.ts";
import type { ContextSource, Step } from "./replay.ts";
import { type RewardTable, tabulateRewards } from "./reward-table.ts";
import { blocksOf, type Pass, runPasses } from "./run-passes.ts";
import { changeText, MEASURED_HEAD, measuredRow, percent, pointsText, printLine, printTable } from "./show-figures.ts";

/** Blocks that a pass is cut into to see it learn. */
export const BLOCKS = 5;

/** Prints what learning brought against the same strategy that never learns. */
export function compareWithStart(passes: readonly Pass[], rewards: RewardTable): void {
  const of = (pick: (pass: Pass) => readonly Step[]) => passes.map((pass) => measureSteps(pick(pass), rewards));
  const block = (steps: readonly Step[], index: number) => blocksOf(steps, BLOCKS)[index] ?? [];
  const frozen = of((pass) => pass.frozen);
  const learned = of((pass) => pass.learned);
  const last = of((pass) => block(pass.learned, BLOCKS - 1));
  const frozenLast = of((pass) => block(pass.frozen, BLOCKS - 1));
  printTable(MEASURED_HEAD, [
    measuredRow("Start, never learning", frozen),
    measuredRow("Learning, whole pass", learned),
    measuredRow(
      `Learning, first of ${BLOCKS} blocks`,
      of((pass) => block(pass.learned, 0)),
    ),
    measuredRow("Learning, last block", last),
    measuredRow("Start on the last block", frozenLast),
    measuredRow(
      "Any model",
      of((pass) => pass.random),
    ),
  ]);
  printLine(
    `Cost for a right answer against the start: ${changeText(changes(learned, frozen))} (whole pass), ${changeText(changes(last, frozenLast))} (last block).`,
  );
  printLine(
    `Accuracy against the start: ${pointsText(gains(learned, frozen))} (whole pass), ${pointsText(gains(last, frozenLast))} (last block).`,
  );
}

/** Prints regret, block by block. */
export function showRegret(passes: readonly Pass[], rewards: RewardTable): void {
  const row = (name: string, pick: (pass: Pass) => readonly Step[]) => {
    const all = passes.map((pass) =>
      blocksOf(pick(pass), 2 * BLOCKS).map((steps) => measureSteps(steps, rewards).regret),
    );
    return [
      name,
      ...Array.from({ length: 2 * BLOCKS }, (_, index) =>
        (all.reduce((sum, one) => sum + (one[index] ?? 0), 0) / all.length).toFixed(4),
      ),
    ];
  };
  printTable(
    ["Mean regret by block", ...Array.from({ length: 2 * BLOCKS }, (_, index) => String(index + 1))],
    [
      row("Learning", (pass) => pass.learned),
      row("Start, never learning", (pass) => pass.frozen),
      row("Any model", (pass) => pass.random),
    ],
  );
}

const WEIGHTS: readonly (readonly [name: string, weights: RewardWeights])[] = [
  ["default", DEFAULT_LEARNING.weights],
  ["balanced (0.7, 0.2, 0.1)", { quality: 0.7, cost: 0.2, latency: 0.1 }],
  ["cost first (0.5, 0.4, 0.1)", { quality: 0.5, cost: 0.4, latency: 0.1 }],
];

/** Prints the same comparison for other weights, contexts and starts. */
export function compareSettings(outcomes: Outcomes, seed: number, count: number): void {
  const starts = [
    ["by price", qualityByPrice(outcomes.models)],
    ["all equal", equalQuality(outcomes.models)],
  ] as const;
  const rows: string[][] = [];
  for (const [start, qualities] of starts) {
    for (const contexts of ["table", "analysis"] satisfies ContextSource[]) {
      for (const [name, weights] of WEIGHTS) {
        const passes = runPasses(
          outcomes,
          { contexts, qualities, options: { ...DEFAULT_LEARNING, weights } },
          seed,
          count,
        );
        rows.push([
          `${start}; ${contexts}; ${name}`,
          ...settingFigures(passes, tabulateRewards(passes[0]?.arrivals ?? [], weights)),
        ]);
      }
    }
  }
  printTable(
    [
      "Start; contexts; weights (all on the last block)",
      "right at start",
      "learned, last block",
      "$ per 1,000 right at start",
      "learned, last block",
      "regret at start",
      "learned, last block",
    ],
    rows,
  );
}

function settingFigures(passes: readonly Pass[], rewards: RewardTable): string[] {
  const lastOf = (steps: readonly Step[]) => blocksOf(steps, BLOCKS).at(-1) ?? [];
  const start = passes.map((pass) => measureSteps(lastOf(pass.frozen), rewards));
  const last = passes.map((pass) => measureSteps(lastOf(pass.learned), rewards));
  const mean = (all: readonly Measured[], pick: (one: Measured) => number) =>
    all.reduce((sum, one) => sum + pick(one), 0) / all.length;
  return [
    ...[start, last].map((all) => percent(mean(all, (one) => one.accuracy))),
    ...[start, last].map((all) => mean(all, (one) => one.costPerThousandRight).toFixed(3)),
    ...[start, last].map((all) => mean(all, (one) => one.regret).toFixed(4)),
  ];
}

function changes(own: readonly Measured[], others: readonly Measured[]): number[] {
  return own.map((one, index) => one.costPerThousandRight / (others[index]?.costPerThousandRight ?? Number.NaN) - 1);
}

function gains(own: readonly Measured[], others: readonly Measured[]): number[] {
  return own.map((one, index) => one.accuracy - (others[index]?.accuracy ?? Number.NaN));
}
