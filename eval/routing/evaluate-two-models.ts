import { basename, extname } from "node:path";
import { predictDifficulty } from "@fairlead/decision/quality/predict-difficulty";
import { predictQuality } from "@fairlead/decision/quality/predict-quality";
import Table from "cli-table3";
import { lineChart } from "../chart/line-chart.ts";
import { writeSvg } from "../chart/write-svg.ts";
import { measureRecovery, type RecoveryFigures, type RecoveryReport } from "./measure-recovery.ts";
import { readTwoModels, type TwoModelRow } from "./read-two-models.ts";
import type { Judged, Recovery } from "./recovered-gap.ts";
import { binForecasts, calibrationError, type Forecast, type ReliabilityBin, squaredError } from "./reliability.ts";

/** What is measured and how. */
export interface TwoModelsOptions {
  readonly outcomes: string;
  readonly seed: number;
  /** Samples for the interval of the area. */
  readonly samples: number;
  /** Folder for the charts. */
  readonly out: string;
  /** Strengths of the two models, 0..1, as a catalogue would state them. */
  readonly strengths: { readonly strong: number; readonly weak: number };
}

type Scored = TwoModelRow & Judged;

const BINS = 10;
/** Points of a curve that are drawn. */
const DRAWN = 200;
/** Groups with fewer rows say nothing about an area. */
const LEAST_GROUP = 20;
/** No colours: tables are kept as text. */
const PLAIN = { head: [], border: [], compact: true };

/** Measures how well the predicted difficulty chooses between two models, and prints and draws it. @throws InputError */
export async function evaluateTwoModels(options: TwoModelsOptions): Promise<void> {
  const table = readTwoModels(options.outcomes);
  const rows = table.rows.map((row): Scored => ({ ...row, score: predictDifficulty(row.text) }));
  const report = measureRecovery(rows, options.seed, options.samples);
  console.log(
    `File ${options.outcomes}: ${rows.length} rows; ${table.contaminated} contaminated rows were left out. Seed ${options.seed}.`,
  );
  console.log(
    `Strong model "${table.strongName}": mean quality ${report.model.strong.toFixed(4)}. Weak model "${table.weakName}": ${report.model.weak.toFixed(4)}.`,
  );
  console.log(
    "Where the model of difficulty learned from these rows, the figures flatter; the training command prints those of rows left out.",
  );
  if (table.strongName !== "strong")
    console.log("The table does not say which model is strong: the one with the better mean counts as strong.");
  if (report.model.strong <= report.model.weak) {
    console.log("The strong model is no better than the weak one: there is no gap to recover.");
    return;
  }
  console.log(showRecovery(report, options));
  console.log(showGroups(rows, options.seed));
  const forecasts = forecastsOf(rows, options.strengths);
  for (const [name, ones] of forecasts) console.log(showReliability(name, ones));
  for (const path of await draw(options, report, forecasts)) console.log(`Written: ${path}`);
}

function showRecovery({ figures, interval }: RecoveryReport, { samples }: TwoModelsOptions): string {
  const table = new Table({
    head: ["chosen by", "area of recovered gap (APGR)", "strong calls for 50 % (CPT50)", "for 80 % (CPT80)"],
    style: PLAIN,
  });
  const cells = ({ area, calls50, calls80 }: RecoveryFigures): string[] => [
    area.toFixed(3),
    percent(calls50),
    percent(calls80),
  ];
  table.push(
    ["predicted difficulty", ...cells(figures.model)],
    ["chance, mean of 200 shuffles", ...cells(figures.random)],
    ["knowing the outcomes", ...cells(figures.oracle)],
  );
  return `\n${table.toString()}\nAPGR by predicted difficulty, 95 % interval of ${samples} samples drawn anew: ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}. Chance by formula: 0.500, 50 %, 80 %.`;
}

function showGroups(rows: readonly Scored[], seed: number): string {
  const table = new Table({
    head: ["group", "rows", "strong", "weak", "gap", "mean difficulty", "APGR within"],
    style: PLAIN,
  });
  for (const [group, ones] of [...Map.groupBy(rows, (row) => row.group)].toSorted(
    (a, b) => b[1].length - a[1].length,
  )) {
    const mean = (value: (row: Scored) => number): number =>
      ones.reduce((sum, row) => sum + value(row), 0) / ones.length;
    const [strong, weak] = [mean((row) => row.strong), mean((row) => row.weak)];
    // With a small gap the area divides by next to nothing.
    const tells = ones.length >= LEAST_GROUP && strong - weak >= 0.05;
    const area = tells ? measureRecovery(ones, seed, 0).figures.model.area.toFixed(3) : "-";
    table.push([
      group,
      ones.length,
      strong.toFixed(3),
      weak.toFixed(3),
      (strong - weak).toFixed(3),
      mean((row) => row.score).toFixed(3),
      area,
    ]);
  }
  return `\nBy group (area only from ${LEAST_GROUP} rows and a gap of 0.05 on)\n${table.toString()}`;
}

function forecastsOf(rows: readonly Scored[], strengths: TwoModelsOptions["strengths"]): [string, Forecast[]][] {
  return (["strong", "weak"] as const).map((model) => [
    `${model} model, strength ${strengths[model]}`,
    rows.map((row) => ({ predicted: predictQuality(strengths[model], row.score), observed: row[model] })),
  ]);
}

function showReliability(name: string, forecasts: readonly Forecast[]): string {
  const bins = binForecasts(forecasts, BINS);
  const table = new Table({ head: ["rows", "predicted quality", "observed quality"], style: PLAIN });
  for (const { rows, predicted, observed } of bins) table.push([rows, predicted.toFixed(3), observed.toFixed(3)]);
  const error = calibrationError(bins).toFixed(3);
  return `\nReliability, ${name}: calibration error ${error}, mean squared error ${squaredError(forecasts).toFixed(4)}\n${table.toString()}`;
}

async function draw(
  options: TwoModelsOptions,
  { model, oracle }: RecoveryReport,
  forecasts: [string, Forecast[]][],
): Promise<string[]> {
  const name = basename(options.outcomes, extname(options.outcomes));
  const recovery = await lineChart({
    title: `Quality by share of strong calls: ${name}`,
    x: "share of calls to the strong model",
    y: "mean quality",
    xFormat: "%",
    series: [
      { name: "predicted difficulty", points: curve(model) },
      {
        name: "chance",
        points: [
          { x: 0, y: model.weak },
          { x: 1, y: model.strong },
        ],
        dashed: true,
      },
      { name: "knowing the outcomes", points: curve(oracle), dashed: true },
    ],
  });
  const reliability = await lineChart({
    title: `Reliability of predicted quality: ${name}`,
    x: "predicted quality",
    y: "observed quality",
    series: [
      ...forecasts.map(([series, ones]) => ({ name: series, points: binForecasts(ones, BINS).map(pointOf) })),
      {
        name: "as predicted",
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
        dashed: true,
      },
    ],
  });
  return [
    await writeSvg(options.out, `routing-${name}-recovery`, recovery),
    await writeSvg(options.out, `routing-${name}-reliability`, reliability),
  ];
}

function curve({ quality }: Recovery): { x: number; y: number }[] {
  const last = quality.length - 1;
  const steps = Math.min(DRAWN, last);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const calls = Math.round((step * last) / steps);
    return { x: calls / last, y: quality[calls] as number };
  });
}

function pointOf({ predicted, observed }: ReliabilityBin): { x: number; y: number } {
  return { x: predicted, y: observed };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
