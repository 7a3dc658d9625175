import { basename } from "node:path";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { FORECAST_COVERAGE } from "@fairlead/decision/cost/forecast-spend";
import { readTrace } from "../balancing/read-trace.ts";
import { writeSvg } from "../chart/write-svg.ts";
import { drawErrors, drawForecast } from "./draw-forecast.ts";
import { replayWindows } from "./replay-windows.ts";
import { errorsOf, heldShare, type OutcomeGroup, outcomeTable, percent } from "./show-outcomes.ts";
import { type SpendTrace, toSpendTrace } from "./spend-trace.ts";

const MINUTE_MS = 60_000;
/** Lengths of the shorter windows that a trace is cut into, where it is long enough. */
const LENGTHS_MIN = [5, 10, 15, 60, 360, 1440];
/** A stride of a sixth of a window for overlapping ones, of 48 buckets for windows one after another. */
const OVERLAPPING = 8;
const APART = 48;
/** More windows than this of one length say nothing more. */
const MOST_WINDOWS = 500;

/** What is evaluated. */
export interface ForecastEvaluation {
  readonly trace: string;
  readonly price: ModelPrice;
  /** Where the price is from, for people. */
  readonly priceName: string;
  /** Length of the main window; undefined: the whole trace. */
  readonly windowMs: number | undefined;
  readonly out: string;
}

/** Replays a trace, prints how well its spend was forecast, and draws it. */
export async function evaluateForecast({
  trace: path,
  price,
  priceName,
  windowMs,
  out,
}: ForecastEvaluation): Promise<void> {
  const trace = toSpendTrace(readTrace(path), price);
  const total = trace.spentBetween(0, trace.lengthMs);
  print(`Trace     ${path}: ${trace.costs.length} requests over ${minutes(trace.lengthMs)} minutes`);
  print(
    `Price     ${priceName}: ${dollars(price.input)} in, ${dollars(price.output)} out for a million tokens; ${dollars(total)} in all`,
  );
  print(
    `Interval  states a coverage of ${percent(FORECAST_COVERAGE, 0)}. Nothing is drawn at random, so there is no seed.`,
  );
  print(
    "Errors    are parts of what a window came to. linear: the rate so far goes on; last value: that of the last tenth does.",
  );
  print(
    "          held: the interval held the truth; below, above: the truth lay there; width: the interval's median width.\n",
  );

  const mainMs = windowMs ?? trace.lengthMs;
  const main = [group(trace, windowMs === undefined ? "whole trace" : `${minutes(mainMs)} min`, mainMs, APART, false)];
  print(`Main window\n${outcomeTable(main)}\n`);
  const lengths = LENGTHS_MIN.map((length) => length * MINUTE_MS).filter((length) => fits(length, trace.lengthMs));
  const groups = (stride: number) =>
    [false, true].flatMap((remembers) =>
      lengths.map((length) => group(trace, nameOf(length, remembers), length, stride, remembers)),
    );
  const apart = groups(APART);
  print(`Shorter windows, one after another\n${outcomeTable(apart)}\n`);
  const over = groups(OVERLAPPING);
  print(`Shorter windows, overlapping: a new one every sixth of the length\n${outcomeTable(over)}\n`);
  summarise("Main window", main);
  summarise("Shorter windows, one after another", apart);
  summarise("Shorter windows, overlapping", over);

  const name = basename(path).replace(/\.[a-z]+$/, "");
  const first = { startMs: 0, endMs: Math.min(mainMs, trace.lengthMs) };
  const drawn = await writeSvg(
    out,
    `forecast-${name}`,
    await drawForecast(trace, `Forecast of spend: ${basename(path)}`, first),
  );
  const measured = [...main, ...over].filter(({ outcomes }) => outcomes.length > 0);
  const bars = await drawErrors(`Forecast against simpler ways: ${basename(path)}`, measured);
  const errors = await writeSvg(out, `forecast-${name}-errors`, bars);
  print(`\nCharts    ${drawn}, ${errors}`);
}

function group(trace: SpendTrace, name: string, lengthMs: number, stride: number, remembers: boolean): OutcomeGroup {
  return { name, outcomes: replayWindows(trace, { lengthMs, stride, remembers }) };
}

function summarise(name: string, groups: readonly OutcomeGroup[]): void {
  const outcomes = groups.flatMap((each) => each.outcomes);
  const half = outcomes.filter(({ checkpoint }) => checkpoint === 0.5);
  const errors = errorsOf(half);
  const unknown = outcomes.filter(({ forecast }) => forecast === undefined).length;
  const silence = unknown === 0 ? "" : `; ${unknown} times nothing had been spent, so that there was no forecast`;
  const held = `interval held ${percent(heldShare(outcomes))} of ${outcomes.length - unknown} forecasts`;
  print(
    `${name}: error at half-way ${percent(errors.median)} (median), ${percent(errors.mean)} (mean); ${held}${silence}`,
  );
}

function fits(lengthMs: number, traceMs: number): boolean {
  return lengthMs * 1.5 <= traceMs && (traceMs / lengthMs) * (APART / OVERLAPPING) <= MOST_WINDOWS;
}

function nameOf(lengthMs: number, remembers: boolean): string {
  return `${minutes(lengthMs)} min, ${remembers ? "past known" : "past unknown"}`;
}

function minutes(ms: number): string {
  return (ms / MINUTE_MS).toFixed(ms % MINUTE_MS === 0 ? 0 : 1);
}

function dollars(nanoUsd: bigint): string {
  return `$${(Number(nanoUsd) / 1e9).toFixed(2)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
