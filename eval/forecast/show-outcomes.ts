import Table from "cli-table3";
import { mean, median } from "simple-statistics";
import { CHECKPOINTS, type Outcome } from "./replay-windows.ts";

/** Outcomes under a heading. */
export interface OutcomeGroup {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

const COLUMNS = [
  "windows",
  "gone",
  "forecasts",
  "median error",
  "mean error",
  "bias",
  "linear",
  "last value",
  "held",
  "below",
  "above",
  "width",
];

/** A table of how forecasts came out: a row for each group and checkpoint. */
export function outcomeTable(groups: readonly OutcomeGroup[]): string {
  const colAligns = COLUMNS.map((_, column) => (column === 0 ? ("left" as const) : ("right" as const)));
  const table = new Table({ head: COLUMNS, style: { head: [], border: [] }, colAligns });
  for (const { name, outcomes } of groups) {
    for (const checkpoint of CHECKPOINTS) {
      const those = outcomes.filter((outcome) => outcome.checkpoint === checkpoint);
      if (those.length > 0) table.push([name, percent(checkpoint, 0), ...figures(those)]);
    }
  }
  return table.toString();
}

/** Share of the forecasts whose interval held the truth. */
export function heldShare(outcomes: readonly Outcome[]): number {
  const forecasts = outcomes.flatMap(({ forecast }) => (forecast === undefined ? [] : [forecast]));
  return forecasts.filter(({ missed }) => missed === undefined).length / forecasts.length;
}

/** Mean and median of absolute errors, as parts. */
export function errorsOf(outcomes: readonly Outcome[]): { mean: number; median: number } {
  const errors = outcomes.flatMap(({ forecast }) => (forecast === undefined ? [] : [Math.abs(forecast.error)]));
  return errors.length === 0
    ? { mean: Number.NaN, median: Number.NaN }
    : { mean: mean(errors), median: median(errors) };
}

export function percent(part: number, digits = 1): string {
  return Number.isFinite(part) ? `${(100 * part).toFixed(digits)} %` : "-";
}

function figures(outcomes: readonly Outcome[]): string[] {
  const forecasts = outcomes.flatMap(({ forecast }) => (forecast === undefined ? [] : [forecast]));
  const known = outcomes.filter(({ forecast }) => forecast !== undefined);
  if (forecasts.length === 0) return ["0", "-", "-", "-", "-", "-", "-", "-", "-", "-"];
  const share = (missed: "low" | "high") =>
    forecasts.filter((forecast) => forecast.missed === missed).length / forecasts.length;
  const errors = errorsOf(known);
  return [
    String(forecasts.length),
    percent(errors.median),
    percent(errors.mean),
    percent(mean(forecasts.map(({ error }) => error))),
    percent(mean(known.map(({ linearError }) => Math.abs(linearError)))),
    percent(mean(known.map(({ lastValueError }) => Math.abs(lastValueError)))),
    percent(heldShare(known)),
    percent(share("low")),
    percent(share("high")),
    percent(median(forecasts.map(({ width }) => width))),
  ];
}
