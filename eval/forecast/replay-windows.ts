import { advanceForecast } from "@fairlead/decision/cost/forecast/advance-forecast";
import { type ForecastState, startForecast } from "@fairlead/decision/cost/forecast/forecast-state";
import { forecastSpend, type SpendForecast } from "@fairlead/decision/cost/forecast-spend";
import type { SpendTrace } from "./spend-trace.ts";

/** Parts of a window after which it is forecast. */
export const CHECKPOINTS = [0.25, 0.5, 0.75] as const;
/** Buckets in a window; windows start with one, so that a running forecast can tell what belongs to them. */
const BUCKETS = 48;
/** Part of a window whose spend the last-value baseline takes to go on. */
const LAST_PART = 0.1;

/** How one forecast of one window came out. Errors are parts of what the window cost, positive when too high. */
export interface Outcome {
  readonly checkpoint: number;
  /** Undefined where nothing had been spent yet, so that there was no forecast. */
  readonly forecast:
    { readonly error: number; readonly missed: "low" | "high" | undefined; readonly width: number } | undefined;
  readonly linearError: number;
  readonly lastValueError: number;
}

/** Which windows of a trace are forecast. */
export interface WindowPlan {
  readonly lengthMs: number;
  /** Buckets, of 48 to a window, from the start of one window to that of the next. */
  readonly stride: number;
  /** True: the forecast remembers the traffic before each window, and the first window is left out. */
  readonly remembers: boolean;
}

/** Forecasts windows of a trace; windows that cost nothing are left out. */
export function replayWindows(trace: SpendTrace, plan: WindowPlan): Outcome[] {
  const strideMs = (plan.lengthMs / BUCKETS) * plan.stride;
  const outcomes: Outcome[] = [];
  const first = plan.remembers ? BUCKETS / plan.stride : 0;
  for (let index = Math.ceil(first); index * strideMs + plan.lengthMs <= trace.lengthMs + 1e-6; index++) {
    const startMs = index * strideMs;
    if (trace.spentBetween(startMs, startMs + plan.lengthMs) === 0n) continue;
    let state = startForecast(plan.remembers ? 0 : startMs, plan.lengthMs);
    let told = plan.remembers ? 0 : startMs;
    for (const checkpoint of CHECKPOINTS) {
      const nowMs = startMs + checkpoint * plan.lengthMs;
      state = tell(state, trace, told, nowMs);
      told = nowMs;
      outcomes.push(judge(trace, state, { startMs, endMs: startMs + plan.lengthMs }, checkpoint));
    }
  }
  return outcomes;
}

/** Takes in what was spent from one time up to another. */
export function tell(state: ForecastState, trace: SpendTrace, fromMs: number, toMs: number): ForecastState {
  return trace.costs.slice(trace.positionOf(fromMs), trace.positionOf(toMs)).reduce(advanceForecast, state);
}

function judge(
  trace: SpendTrace,
  state: ForecastState,
  window: { readonly startMs: number; readonly endMs: number },
  checkpoint: number,
): Outcome {
  const length = window.endMs - window.startMs;
  const nowMs = window.startMs + checkpoint * length;
  const actual = trace.spentBetween(window.startMs, window.endMs);
  const spent = trace.spentBetween(window.startMs, nowMs);
  const last = Number(trace.spentBetween(nowMs - LAST_PART * length, nowMs)) / LAST_PART;
  const forecast = forecastSpend(state, nowMs, window);
  return {
    checkpoint,
    forecast: forecast === undefined ? undefined : judgeForecast(forecast, actual),
    linearError: Number(spent) / checkpoint / Number(actual) - 1,
    lastValueError: (Number(spent) + last * (1 - checkpoint)) / Number(actual) - 1,
  };
}

function judgeForecast(
  { expectedNanoUsd, lowNanoUsd, highNanoUsd }: SpendForecast,
  actual: bigint,
): NonNullable<Outcome["forecast"]> {
  const missed = actual < lowNanoUsd ? "low" : actual > highNanoUsd ? "high" : undefined;
  return {
    error: Number(expectedNanoUsd) / Number(actual) - 1,
    missed,
    width: Number(highNanoUsd - lowNanoUsd) / Number(actual),
  };
}
