import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 604_800_000;
/** 5 January 1970, the first Monday since the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * Start of the window that a time falls into, by UTC; weeks start on Monday (ISO 8601).
 *
 * @param nowMs unix milliseconds
 * @returns unix milliseconds; a REQUEST window, which lasts for one request, starts at the time itself
 */
export function windowStart(window: BudgetWindow, nowMs: number): number {
  switch (window) {
    case BudgetWindow.HOUR:
      return Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    case BudgetWindow.DAY:
      return Math.floor(nowMs / DAY_MS) * DAY_MS;
    case BudgetWindow.WEEK:
      return Math.floor((nowMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
    case BudgetWindow.MONTH:
      return monthStart(nowMs, 0);
    case BudgetWindow.REQUEST:
    case BudgetWindow.UNSPECIFIED:
      return nowMs;
  }
}

/**
 * End of the window that a time falls into: the start of the next one.
 *
 * @param nowMs unix milliseconds
 * @returns unix milliseconds
 */
export function windowEnd(window: BudgetWindow, nowMs: number): number {
  switch (window) {
    case BudgetWindow.HOUR:
      return windowStart(window, nowMs) + HOUR_MS;
    case BudgetWindow.DAY:
      return windowStart(window, nowMs) + DAY_MS;
    case BudgetWindow.WEEK:
      return windowStart(window, nowMs) + WEEK_MS;
    case BudgetWindow.MONTH:
      return monthStart(nowMs, 1);
    case BudgetWindow.REQUEST:
    case BudgetWindow.UNSPECIFIED:
      return nowMs;
  }
}

function monthStart(nowMs: number, monthsLater: number): number {
  const date = new Date(nowMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
}
