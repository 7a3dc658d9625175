/** Events that kept a level and events that did not. */
export interface EventCounts {
  readonly good: number;
  readonly bad: number;
}

/** What became of an error budget. */
export interface ErrorBudget {
  /** Share of good events. Undefined: there were none at all. */
  readonly attained: number | undefined;
  /** True when the objective is attained, also without any event. */
  readonly kept: boolean;
  /** Share of the budget that is left; below 0 when more than all of it is gone. */
  readonly left: number;
}

/** An objective of everything would leave a budget of nothing, which nothing can be divided by. */
const LEAST_BUDGET = 1e-6;

/** The error budget of a period: the share of events that the objective lets be bad. */
export function errorBudget({ good, bad }: EventCounts, objective: number): ErrorBudget {
  const events = good + bad;
  if (events <= 0) return { attained: undefined, kept: true, left: 1 };
  const attained = good / events;
  return { attained, kept: attained >= objective, left: 1 - bad / (Math.max(1 - objective, LEAST_BUDGET) * events) };
}

/**
 * How fast an error budget burns: 1 just lasts the period, 14.4 spends 2 % of a month's in an hour (Beyer et al., The Site
 * Reliability Workbook, chapter 5). Undefined without events.
 */
export function burnRate({ good, bad }: EventCounts, objective: number): number | undefined {
  const events = good + bad;
  return events <= 0 ? undefined : bad / events / Math.max(1 - objective, LEAST_BUDGET);
}

/** Windows over which burn rates are told. A long one with a twelfth of it shows what burns, and still does. */
export const BURN_WINDOWS_MS = [300_000, 1_800_000, 3_600_000, 21_600_000] as const;

/** Burn rates that call for attention, by the same source. */
export const FAST_BURN = 14.4;
export const SLOW_BURN = 6;

/** The lower of the rates over a long and a short window; undefined where the long one has none. */
export function burnOver(long: number | undefined, short: number | undefined): number | undefined {
  return long === undefined ? undefined : Math.min(long, short ?? 0);
}
