import { addToWindow, EMPTY_WINDOW, type FailureWindow, readWindow } from "./failure-window.ts";

/** When a circuit opens and closes. */
export interface BreakerSettings {
  /** Failures in a row, by the order in which calls began, that open it. */
  readonly failureThreshold: number;
  /** Share of failures among the calls of the window and those under way that opens it, above 0 to 1; 0: none does. */
  readonly failureRate: number;
  /** Calls in the window below which shares say nothing. */
  readonly minCalls: number;
  /** Milliseconds of the window. */
  readonly windowMs: number;
  /** Milliseconds it stays open. */
  readonly openMs: number;
  /** Calls let through at a time while half open. */
  readonly maxProbes: number;
  /** Successes in a row that close it from half open. */
  readonly successThreshold: number;
}

/** What a circuit remembers. Plain, so that it can be stored and replayed. */
export interface BreakerState {
  readonly kind: "closed" | "open" | "half_open";
  /** Failures in a row. */
  readonly failures: number;
  /** While closed: numbers of the call that the row began with and of its newest, and calls between them that have ended. */
  readonly rowFrom: number;
  readonly rowTo: number;
  readonly rowEnded: number;
  /** Calls let through, and ended, since it was closed; number of the newest call that succeeded. */
  readonly started: number;
  readonly ended: number;
  readonly lastGood: number;
  /** Successes in a row while half open. */
  readonly successes: number;
  /** Probes under way while half open. */
  readonly probes: number;
  /** Unix milliseconds at which it opened last; 0: never. */
  readonly openedAt: number;
  /** Unix milliseconds at which its kind changed last, made to rise with every change; 0: never. */
  readonly changedAt: number;
  /** Ends of calls while closed. */
  readonly window: FailureWindow;
}

/**
 * What happens to a circuit: a call is asked for, ends, or is given up; time passes; the target was found to answer by
 * other means; this process takes the probing over from another; a person closes it.
 */
export type BreakerEvent = "asked" | "succeeded" | "failed" | "abandoned" | "elapsed" | "recovered" | "taken_over" | "reset";

/** Defaults: five failures, or half of 20 calls in a minute; a minute open, one probe at a time, three successes. */
export const DEFAULT_BREAKER: BreakerSettings = {
  failureThreshold: 5,
  failureRate: 0.5,
  minCalls: 20,
  windowMs: 60_000,
  openMs: 60_000,
  maxProbes: 1,
  successThreshold: 3,
};

/** A circuit that nothing has happened to. */
export const CLOSED: BreakerState = {
  kind: "closed",
  failures: 0,
  rowFrom: 0,
  rowTo: 0,
  rowEnded: 0,
  started: 0,
  ended: 0,
  lastGood: 0,
  successes: 0,
  probes: 0,
  openedAt: 0,
  changedAt: 0,
  window: EMPTY_WINDOW,
};

/** Which call ended. */
export interface EndedCall {
  /** `changedAt` of the state that let it through. */
  readonly since: number;
  /** `started` of that state. */
  readonly number: number;
}

/** Calls under way for each failure of a row below which it counts: with five failures none, with six one. */
const AWAITED = 0.2;

/** Rows of failures to expect by chance among the calls of a window, below which one counts as an outage. */
const CHANCE = 0.001;

/** A circuit after an event, and whether the call that was asked for may be made. */
export interface BreakerStep {
  readonly state: BreakerState;
  readonly allowed: boolean;
}

/**
 * Moves a circuit on. The three states are those of M. Nygard, "Release It!" (2007): closed lets all calls through, open
 * none, half open a few probes that decide. The end of a call that was asked for before the kind changed last says
 * nothing about the target now.
 *
 * Failures are in a row by the order in which calls began. By the order of their ends, failures that come at once would
 * overtake successes that take their time, and a fifth of failures would open any busy circuit. So a success of a call
 * that began before the row does not end it, a failure of a call that began before a success does not belong to it, and
 * a row counts once next to no call is under way that began between its first and its newest: such a call has been
 * overtaken by a failure and may well be a success. On a target whose window holds enough calls a row must also be longer than chance makes
 * one: with n calls and a share p of failures before, n * p^row is about the number of such rows to expect.
 *
 * @param now  unix milliseconds; it may jump either way, and a circuit then stays open no longer than `openMs` more
 * @param call for the end of a call: which; undefined: not known, so that it is taken for the newest one
 */
export function advanceBreaker(
  state: BreakerState,
  event: BreakerEvent,
  now: number,
  settings: BreakerSettings,
  call?: EndedCall,
): BreakerStep {
  const current = state.kind === "open" ? openUntilNow(state, now, settings) : state;
  if (isEnd(event) && isStale(current, call?.since)) return { state: current, allowed: true };
  switch (event) {
    case "asked":
      return ask(current, settings);
    case "succeeded":
      return { state: succeed(current, now, settings, call), allowed: true };
    case "failed":
      return { state: fail(current, now, settings, call), allowed: true };
    case "abandoned":
      return { state: abandon(current, call), allowed: true };
    case "recovered":
      return { state: current.kind === "open" ? halfOpen(current, now) : current, allowed: true };
    case "taken_over":
      return { state: current.kind === "half_open" ? halfOpen(current, now) : current, allowed: true };
    case "reset":
      return { state: { ...CLOSED, changedAt: changeTime(current, now) }, allowed: true };
    case "elapsed":
      return { state: current, allowed: current.kind !== "open" };
  }
}

/** Turns half open by time. One that opened later than now did so by another clock, and starts its time again. */
function openUntilNow(state: BreakerState, now: number, settings: BreakerSettings): BreakerState {
  if (now >= state.openedAt + settings.openMs) return halfOpen(state, now);
  return now < state.openedAt ? { ...state, openedAt: now } : state;
}

function isEnd(event: BreakerEvent): boolean {
  return event === "succeeded" || event === "failed" || event === "abandoned";
}

function isStale(state: BreakerState, since: number | undefined): boolean {
  if (state.kind === "open" || (state.kind === "half_open" && state.probes === 0)) return true;
  return since !== undefined && since !== state.changedAt;
}

function ask(state: BreakerState, settings: BreakerSettings): BreakerStep {
  if (state.kind === "closed") return { state: { ...state, started: state.started + 1 }, allowed: true };
  if (state.kind === "open" || state.probes >= settings.maxProbes) return { state, allowed: false };
  return { state: { ...state, probes: state.probes + 1 }, allowed: true };
}

function succeed(state: BreakerState, now: number, settings: BreakerSettings, call: EndedCall | undefined): BreakerState {
  if (state.kind === "closed") {
    const window = addToWindow(state.window, false, now, settings.windowMs);
    const ended = state.ended + 1;
    const lastGood = Math.max(state.lastGood, call?.number ?? state.started);
    if (isInRow(state, call)) return { ...state, failures: 0, rowFrom: 0, rowTo: 0, rowEnded: 0, ended, lastGood, window };
    return { ...state, ended, lastGood, window };
  }
  const successes = state.successes + 1;
  if (successes >= settings.successThreshold) return { ...CLOSED, openedAt: state.openedAt, changedAt: changeTime(state, now) };
  return { ...withoutProbe(state), successes };
}

function fail(state: BreakerState, now: number, settings: BreakerSettings, call: EndedCall | undefined): BreakerState {
  if (state.kind === "half_open") return opened(state, state.failures + 1, now);
  const window = addToWindow(state.window, true, now, settings.windowMs);
  const failed = { ...withFailure(state, call), ended: state.ended + 1, window };
  return failsInRow(failed, now, settings) || failsTooOften(failed, now, settings) ? opened(failed, Math.max(1, failed.failures), now) : failed;
}

function withFailure(state: BreakerState, call: EndedCall | undefined): BreakerState {
  if (call !== undefined && call.number < state.lastGood) return state;
  const number = call?.number ?? state.started;
  if (state.failures === 0) return { ...state, failures: 1, rowFrom: number, rowTo: number, rowEnded: 1 };
  const rowEnded = state.rowEnded + Number(isInRow(state, call));
  return { ...state, failures: state.failures + 1, rowTo: Math.max(state.rowTo, number), rowEnded };
}

function abandon(state: BreakerState, call: EndedCall | undefined): BreakerState {
  if (state.kind !== "closed") return withoutProbe(state);
  const number = call?.number ?? state.started;
  const rowEnded = state.failures > 0 && number >= state.rowFrom && number <= state.rowTo ? state.rowEnded + 1 : state.rowEnded;
  return { ...state, ended: state.ended + 1, rowEnded };
}

/** Whether a call began no earlier than the row of failures. */
function isInRow({ rowFrom }: BreakerState, call: EndedCall | undefined): boolean {
  return call === undefined || call.number >= rowFrom;
}

function failsInRow(state: BreakerState, now: number, { failureThreshold, minCalls, windowMs }: BreakerSettings): boolean {
  const { failures, started, ended, rowFrom, rowTo, rowEnded } = state;
  // Calls that were given up before the row reached them are not told apart, so that each of the two may be too many.
  const awaited = Math.min(started - ended, rowTo - rowFrom + 1 - rowEnded);
  if (failures < failureThreshold || (awaited > 0 && awaited >= AWAITED * failures)) return false;
  const window = readWindow(state.window, now, windowMs);
  const calls = window.calls - failures;
  if (calls < minCalls) return true;
  // By the rule of succession, so that a few lucky calls do not make a target faultless.
  const share = (Math.max(0, window.failures - failures) + 1) / (calls + 2);
  return calls * share ** failures < CHANCE;
}

function failsTooOften({ window, started, ended }: BreakerState, now: number, settings: BreakerSettings): boolean {
  if (settings.failureRate <= 0) return false;
  const { calls, failures } = readWindow(window, now, settings.windowMs);
  return calls >= settings.minCalls && failures >= settings.failureRate * (calls + Math.max(0, started - ended));
}

function opened(state: BreakerState, failures: number, now: number): BreakerState {
  return { ...CLOSED, kind: "open", failures, openedAt: now, changedAt: changeTime(state, now), window: state.window };
}

function halfOpen(state: BreakerState, now: number): BreakerState {
  return { ...CLOSED, kind: "half_open", failures: state.failures, openedAt: state.openedAt, changedAt: changeTime(state, now) };
}

/** Rises with every change also where the clock does not, so that of two reports the later one can be told. */
function changeTime(state: BreakerState, now: number): number {
  return Math.max(now, state.changedAt + 1);
}

function withoutProbe(state: BreakerState): BreakerState {
  return state.probes === 0 ? state : { ...state, probes: state.probes - 1 };
}
