import { startForecast } from "@fairlead/decision/cost/forecast/forecast-state";
import { forecastSpend } from "@fairlead/decision/cost/forecast-spend";
import { barChart } from "../chart/bar-chart.ts";
import { lineChart } from "../chart/line-chart.ts";
import { CHECKPOINTS, type Outcome, tell } from "./replay-windows.ts";
import { errorsOf, percent } from "./show-outcomes.ts";
import type { SpendTrace } from "./spend-trace.ts";

const STEPS = 96;

/** The forecast of a window as time goes on, with its interval, beside what is spent by then and what it came to. */
export function drawForecast(
  trace: SpendTrace,
  title: string,
  window: { startMs: number; endMs: number },
): Promise<string> {
  const length = window.endMs - window.startMs;
  const actual = dollars(trace.spentBetween(window.startMs, window.endMs));
  let state = startForecast(window.startMs, length);
  const spent: { x: number; y: number }[] = [];
  const linear: { x: number; y: number }[] = [];
  const expected: { x: number; y: number }[] = [];
  const band: { x: number; low: number; high: number }[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const [before, now] = [step - 1, step].map((at) => window.startMs + (at * length) / STEPS) as [number, number];
    state = tell(state, trace, before, now);
    const x = (now - window.startMs) / 60_000;
    const soFar = dollars(trace.spentBetween(window.startMs, now));
    spent.push({ x, y: soFar });
    if (step >= STEPS / 12) linear.push({ x, y: (soFar * STEPS) / step });
    const forecast = forecastSpend(state, now, window);
    if (forecast === undefined || step < STEPS / 12) continue;
    expected.push({ x, y: dollars(forecast.expectedNanoUsd) });
    band.push({ x, low: dollars(forecast.lowNanoUsd), high: Math.min(dollars(forecast.highNanoUsd), 3 * actual) });
  }
  const end = length / 60_000;
  return lineChart({
    title,
    x: "Minutes since the window began",
    y: "US dollars",
    yFormat: "$,.2f",
    series: [
      { name: "forecast, 90 % interval (cut at 3 times)", points: expected, band },
      { name: "linear extrapolation", points: linear, dashed: true },
      { name: "spent so far", points: spent },
      {
        name: "what the window came to",
        points: [
          { x: 0, y: actual },
          { x: end, y: actual },
        ],
        dashed: true,
      },
    ],
    marks: CHECKPOINTS.map((checkpoint) => markAt(expected, checkpoint, end)),
  });
}

/** Mean absolute error of the forecast and of the simple ways, at half-way. */
export function drawErrors(
  title: string,
  groups: readonly { name: string; outcomes: readonly Outcome[] }[],
): Promise<string> {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  const bars = groups.flatMap(({ name, outcomes }) => {
    const half = outcomes.filter(({ checkpoint, forecast }) => checkpoint === 0.5 && forecast !== undefined);
    if (half.length === 0) return [];
    return [
      { name, group: "forecast", value: errorsOf(half).mean },
      { name, group: "linear extrapolation", value: mean(half.map(({ linearError }) => linearError)) },
      { name, group: "last value", value: mean(half.map(({ lastValueError }) => lastValueError)) },
    ];
  });
  return barChart({ title, x: "Windows", y: "Mean absolute error at half-way", bars, yFormat: ".0%" });
}

function markAt(points: readonly { x: number; y: number }[], checkpoint: number, end: number) {
  const nearest = points.reduce(
    (best, point) => {
      return Math.abs(point.x - checkpoint * end) < Math.abs(best.x - checkpoint * end) ? point : best;
    },
    points[0] ?? { x: 0, y: 0 },
  );
  return { name: percent(checkpoint, 0), ...nearest };
}

function dollars(nanoUsd: bigint): number {
  return Number(nanoUsd) / 1e9;
}
