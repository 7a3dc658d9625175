/** Mean and deviation of a figure, such that outliers hardly move them. */
export interface BaselineCell {
  readonly mean: number;
  /** Mean distance from the mean. */
  readonly spread: number;
  /** Samples taken in. */
  readonly samples: number;
}

/** What is usual for a figure: over all, and by hour of the week. */
export interface Baseline {
  readonly overall: BaselineCell;
  /** 168 cells, from Monday's midnight by UTC. */
  readonly hours: readonly BaselineCell[];
}

/** What is expected of a figure at a time. */
export interface Expectation {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

const EMPTY: BaselineCell = { mean: 0, spread: 0, samples: 0 };
export const HOURS_OF_WEEK = 168;

/** A baseline that knows nothing. */
export const EMPTY_BASELINE: Baseline = { overall: EMPTY, hours: Array.from({ length: HOURS_OF_WEEK }, () => EMPTY) };

/** Samples that a mean remembers: hours of the last weeks, and overall of about the last day by the minute. */
const MEMORY_OF_HOUR = 240;
const MEMORY_OVERALL = 1_440;
/** Samples before outliers are cut, and the deviations at which they are. */
const TRUSTED_SAMPLES = 10;
const CUT_AT = 3;
/** Standard deviation of a normal distribution by its mean distance from the mean: the root of half of pi. */
const DEVIATION_BY_SPREAD = 1.2533;
/** Samples of an hour that weigh as much as everything else. */
const SHRINKAGE = 15;
const HOUR_MS = 3_600_000;
/** 1 January 1970 was a Thursday: three days after Monday. */
const EPOCH_HOUR = 72;

/** Hour of the week of a time, 0 on Monday from midnight by UTC. */
export function hourOfWeek(at: number): number {
  return (Math.floor(at / HOUR_MS) + EPOCH_HOUR) % HOURS_OF_WEEK;
}

/** Takes a sample into a baseline. */
export function learnSample(baseline: Baseline, value: number, at: number): Baseline {
  const hour = hourOfWeek(at);
  const cell = baseline.hours[hour] ?? EMPTY;
  return {
    overall: takeIn(baseline.overall, value, MEMORY_OVERALL),
    hours: baseline.hours.with(hour, takeIn(cell, value, MEMORY_OF_HOUR)),
  };
}

/**
 * What is expected at a time: the hour of the week as far as it is known, all hours for the rest (the shrinkage of empirical
 * Bayes). An hour that is half known also carries the distance between both means as doubt.
 */
export function expectAt({ overall, hours }: Baseline, at: number): Expectation {
  const hour = hours[hourOfWeek(at)] ?? EMPTY;
  const weight = hour.samples / (hour.samples + SHRINKAGE);
  const mean = weight * hour.mean + (1 - weight) * overall.mean;
  const variance = weight * deviationOf(hour) ** 2 + (1 - weight) * deviationOf(overall) ** 2;
  const doubt = hour.samples === 0 ? 0 : weight * (1 - weight) * (hour.mean - overall.mean) ** 2;
  return { mean, deviation: Math.sqrt(variance + doubt) };
}

function deviationOf({ spread }: BaselineCell): number {
  return spread * DEVIATION_BY_SPREAD;
}

/** A running mean whose new samples are cut to three deviations: a lasting shift is still followed, a spike is not. */
function takeIn(cell: BaselineCell, value: number, memory: number): BaselineCell {
  const samples = cell.samples + 1;
  const reach = Math.max(CUT_AT * deviationOf(cell), 1e-12 + Math.abs(cell.mean) * 0.05);
  const cut = cell.samples < TRUSTED_SAMPLES ? value : Math.min(cell.mean + reach, Math.max(cell.mean - reach, value));
  const rate = 1 / Math.min(samples, memory);
  const distance = cell.samples === 0 ? 0 : Math.abs(cut - cell.mean);
  const spreadRate = 1 / Math.min(Math.max(1, samples - 1), memory);
  return { mean: cell.mean + rate * (cut - cell.mean), spread: cell.spread + spreadRate * (distance - cell.spread), samples };
}
