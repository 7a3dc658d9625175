/** How spend goes over the hours of a week, by UTC. Plain and of fixed size. */
export interface WeekProfile {
  /** Nano-dollars by hour of the week, Monday's first hour first, fading with age; empty until something was learned. */
  readonly spend: readonly number[];
  /** Hours over which the spend was seen, fading alike. */
  readonly hours: readonly number[];
}

/** Nothing learned. */
export const EMPTY_PROFILE: WeekProfile = { spend: [], hours: [] };

const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;
const DAYS_OF_WEEK = 7;
const HOURS_OF_WEEK = 168;
/** The epoch began on a Thursday: three days after a Monday. */
const HOUR_OF_WEEK_AT_EPOCH = 72;
/** What a week counts for when the next one has been seen: half of it is gone after three weeks. */
const FADE = 0.8;
/** Observations that the coarser shape counts for: of hours that lean on days, and of days and hours that lean on the average. */
const SHRINKAGE = 0.5;

/**
 * Adds what a span of time cost, evenly over its hours.
 *
 * @param startMs unix milliseconds
 * @param spanMs  length of the span; at most a day
 */
export function advanceProfile(profile: WeekProfile, startMs: number, spanMs: number, nanoUsd: number): WeekProfile {
  const spend = profile.spend.length === 0 ? new Array<number>(HOURS_OF_WEEK).fill(0) : [...profile.spend];
  const hours = profile.hours.length === 0 ? new Array<number>(HOURS_OF_WEEK).fill(0) : [...profile.hours];
  for (const { hour, share } of hoursOf(startMs, spanMs)) {
    const seen = (share * spanMs) / HOUR_MS;
    const fade = FADE ** seen;
    spend[hour] = (spend[hour] ?? 0) * fade + nanoUsd * share;
    hours[hour] = (hours[hour] ?? 0) * fade + seen;
  }
  return { spend, hours };
}

/**
 * How much dearer than the average hour each hour of the week is. An hour of the week leans on the product of its hour of
 * the day and its day of the week, and those on the average, the more the less was seen of it (shrinkage as of the
 * empirical Bayes method).
 *
 * @returns 168 factors; undefined when less than a day was seen, or nothing was spent
 */
export function weekFactors(profile: WeekProfile): readonly number[] | undefined {
  const hours = sum(profile.hours);
  const average = sum(profile.spend) / hours;
  if (hours < HOURS_OF_DAY || !(average > 0)) return undefined;
  const ofDay = pool(profile, average, HOURS_OF_DAY, SHRINKAGE, (hour) => ({ group: hour % HOURS_OF_DAY, factor: 1 }));
  const dayOf = (hour: number) => Math.floor(hour / HOURS_OF_DAY);
  const factorOfDay = (hour: number) => ofDay[hour % HOURS_OF_DAY] ?? 1;
  const days = pool(profile, average, DAYS_OF_WEEK, SHRINKAGE * HOURS_OF_DAY, (hour) => {
    return { group: dayOf(hour), factor: factorOfDay(hour) };
  });
  return profile.spend.map((spend, hour) => {
    const product = factorOfDay(hour) * (days[dayOf(hour)] ?? 1);
    return (spend / average + SHRINKAGE * product) / ((profile.hours[hour] ?? 0) + SHRINKAGE);
  });
}

/** Factors of groups of hours against what the hours that were seen of each would cost at factors known already. */
function pool(
  { spend, hours }: WeekProfile,
  average: number,
  groups: number,
  weight: number,
  place: (hour: number) => { group: number; factor: number },
): number[] {
  const costs = new Array<number>(groups).fill(weight);
  const expected = new Array<number>(groups).fill(weight);
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    const { group, factor } = place(hour);
    costs[group] = (costs[group] ?? 0) + (spend[hour] ?? 0) / average;
    expected[group] = (expected[group] ?? 0) + (hours[hour] ?? 0) * factor;
  }
  return costs.map((cost, group) => cost / (expected[group] ?? 1));
}

/** The factor of a span of time: the mean over its hours. */
export function spanFactor(factors: readonly number[], startMs: number, spanMs: number): number {
  return hoursOf(startMs, spanMs).reduce((mean, { hour, share }) => mean + (factors[hour] ?? 1) * share, 0);
}

/** The hours of the week that a span touches, and the share of the span that each holds. */
function hoursOf(startMs: number, spanMs: number): { hour: number; share: number }[] {
  const parts: { hour: number; share: number }[] = [];
  const endMs = startMs + spanMs;
  const lastHour = Math.ceil(endMs / HOUR_MS);
  for (let hour = Math.floor(startMs / HOUR_MS); hour < lastHour; hour++) {
    const held = Math.min((hour + 1) * HOUR_MS, endMs) - Math.max(hour * HOUR_MS, startMs);
    parts.push({ hour: (hour + HOUR_OF_WEEK_AT_EPOCH) % HOURS_OF_WEEK, share: held / spanMs });
  }
  return parts;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
