import type { Budget, BudgetScope, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { windowEnd, windowStart } from "@fairlead/decision/cost/budget-window";
import { advanceForecast, type SpendAt } from "@fairlead/decision/cost/forecast/advance-forecast";
import {
  forecastFromJson,
  type ForecastState,
  type ForecastStateJson,
  forecastToJson,
} from "@fairlead/decision/cost/forecast/forecast-state";
import { forecastSpend } from "@fairlead/decision/cost/forecast-spend";

/** What is remembered of a budget's spend, to forecast it. */
export interface ForecastNote {
  /** What was forecast must be forgotten when the budget comes to mean something else. */
  readonly meaning: string;
  /** Unix milliseconds up to which spend was taken from the history. */
  readonly begunMs: number;
  readonly state: ForecastState;
  /** What was expected half-way through a window. */
  readonly halfWay: HalfWay | undefined;
}

/** What was expected of a window half-way through it. */
export interface HalfWay {
  readonly startMs: number;
  /** Nano-dollars, as a decimal text. */
  readonly expected: string;
}

interface NoteJson extends Omit<ForecastNote, "state"> {
  readonly state: ForecastStateJson;
}

/** How far a forecast was off, of a window that has ended. */
export interface ForecastMiss {
  /** Difference as a share of what the window cost. */
  readonly share: number;
}

/** What a budget's spend is that a note is about. */
export function meaningOf({ window, scope }: Budget): string {
  const { tenant = "", user = "", project = "", provider = "", model = "" }: Partial<BudgetScope> = scope ?? {};
  return JSON.stringify([window, tenant, user, project, provider, model]);
}

export function forecastNoteToJson({ state, ...note }: ForecastNote): string {
  return JSON.stringify({ ...note, state: forecastToJson(state) });
}

/** From the store; undefined for a note of another meaning. */
export function forecastNoteFromJson(text: string, meaning: string): ForecastNote | undefined {
  const { state, ...note } = JSON.parse(text) as NoteJson;
  return note.meaning === meaning ? { ...note, state: forecastFromJson(state) } : undefined;
}

/** Takes spend in, and holds what was expected half-way against a window that has ended. */
export function advanceNote(
  note: ForecastNote,
  spend: readonly SpendAt[],
  window: BudgetWindow,
  now: number,
): { note: ForecastNote; miss: ForecastMiss | undefined } {
  const state = spend.filter(({ atMs }) => atMs > note.begunMs).reduce(advanceForecast, note.state);
  const startMs = windowStart(window, now);
  const ended = note.halfWay !== undefined && note.halfWay.startMs !== startMs ? note.halfWay : undefined;
  const kept = ended === undefined ? note.halfWay : undefined;
  const halfWay = kept ?? expectHalfWay(state, startMs, windowEnd(window, now), now);
  return { note: { ...note, state, halfWay }, miss: missOf(state, ended, window) };
}

function expectHalfWay(state: ForecastState, startMs: number, endMs: number, now: number): HalfWay | undefined {
  // A forecast that has not seen the first half is not one of half-way.
  if (now < (startMs + endMs) / 2 || state.sinceMs > startMs) return undefined;
  const forecast = forecastSpend(state, now, { startMs, endMs });
  return forecast === undefined ? undefined : { startMs, expected: String(forecast.expectedNanoUsd) };
}

function missOf(state: ForecastState, ended: HalfWay | undefined, window: BudgetWindow): ForecastMiss | undefined {
  if (ended === undefined || state.firstBucketMs > ended.startMs) return undefined;
  const endMs = windowEnd(window, ended.startMs);
  const actual = forecastSpend(state, endMs, { startMs: ended.startMs, endMs })?.spentNanoUsd ?? 0n;
  return actual === 0n ? undefined : { share: Math.abs(Number(BigInt(ended.expected) - actual)) / Number(actual) };
}
