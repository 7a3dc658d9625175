import type { Baseline } from "./baseline.ts";
import { expectAt } from "./baseline.ts";

/** A figure of one minute. */
export interface MinuteSample {
  /** Unix milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** What makes a figure stand out. */
export interface AnomalySettings {
  /** Standard deviations from what is expected. */
  readonly sigmas: number;
  /** Minutes in a row, on the same side, before it counts; and as many ordinary ones before it is over. */
  readonly minutes: number;
  /** Samples before anything counts. */
  readonly warmUp: number;
}

/** A figure that stands out. */
export interface AnomalyFacts {
  /** Unix milliseconds of its first minute. */
  readonly start: number;
  readonly value: number;
  readonly expected: number;
  /** Standard deviations; below 0 where it was too low. */
  readonly deviations: number;
}

/** Where a figure is. */
export interface AnomalyState {
  /** Minutes in a row that stood out on one side (while quiet) or did not (while it stands out). */
  readonly row: number;
  readonly side: -1 | 0 | 1;
  /** The worst of the row or of the anomaly so far. */
  readonly worst: AnomalyFacts | undefined;
  readonly standsOut: boolean;
}

/** A figure that is ordinary. */
export const ORDINARY: AnomalyState = { row: 0, side: 0, worst: undefined, standsOut: false };

/**
 * Least deviations that are taken seriously, by what is measured: the noise of counting, and a part of the mean, since a
 * figure that hardly ever moves would else stand out by nothing.
 */
export interface NoiseFloor {
  readonly noise: number;
  readonly shareOfMean: number;
}

/**
 * Takes a minute's figure into what is known of it. Two sigma alone would call one minute in twenty odd; several in a row
 * on one side make chance a rare cause. Nothing stands out before the baseline has warmed up.
 */
export function advanceAnomaly(
  state: AnomalyState,
  baseline: Baseline,
  sample: MinuteSample,
  floor: NoiseFloor,
  settings: AnomalySettings,
): AnomalyState {
  if (baseline.overall.samples < settings.warmUp) return ORDINARY;
  const { mean, deviation } = expectAt(baseline, sample.at);
  const scale = Math.max(deviation, floor.noise, floor.shareOfMean * Math.abs(mean));
  const deviations = scale === 0 ? 0 : (sample.value - mean) / scale;
  const side = Math.abs(deviations) < settings.sigmas ? 0 : deviations > 0 ? 1 : -1;
  const facts: AnomalyFacts = { start: sample.at, value: sample.value, expected: mean, deviations };
  return state.standsOut ? goOn(state, side, facts, settings) : begin(state, side, facts, settings);
}

function begin(state: AnomalyState, side: -1 | 0 | 1, facts: AnomalyFacts, { minutes }: AnomalySettings): AnomalyState {
  if (side === 0) return ORDINARY;
  if (side !== state.side) return { row: 1, side, worst: facts, standsOut: minutes <= 1 };
  const row = state.row + 1;
  const standsOut = row >= minutes;
  return { row: standsOut ? 0 : row, side, worst: worse(state.worst, facts), standsOut };
}

function goOn(state: AnomalyState, side: -1 | 0 | 1, facts: AnomalyFacts, { minutes }: AnomalySettings): AnomalyState {
  if (side === state.side) return { ...state, row: 0, worst: worse(state.worst, facts) };
  return state.row + 1 >= minutes ? ORDINARY : { ...state, row: state.row + 1 };
}

function worse(known: AnomalyFacts | undefined, facts: AnomalyFacts): AnomalyFacts {
  if (known === undefined) return facts;
  return Math.abs(facts.deviations) > Math.abs(known.deviations) ? { ...facts, start: known.start } : known;
}
