/** When a circuit opens and closes. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failureThreshold: number;
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
  /** Successes in a row while half open. */
  readonly successes: number;
  /** Probes under way while half open. */
  readonly probes: number;
  /** Unix milliseconds at which it opened last; 0: never. */
  readonly openedAt: number;
  /** Unix milliseconds at which its kind changed last; 0: never. */
  readonly changedAt: number;
}

/** What happens to a circuit: a call is asked for, ends, or is given up; time passes; a person closes it. */
export type BreakerEvent = "asked" | "succeeded" | "failed" | "abandoned" | "elapsed" | "reset";

/** Defaults: five failures, a minute, one probe at a time, three successes. */
export const DEFAULT_BREAKER: BreakerSettings = { failureThreshold: 5, openMs: 60_000, maxProbes: 1, successThreshold: 3 };

/** A circuit that nothing has happened to. */
export const CLOSED: BreakerState = { kind: "closed", failures: 0, successes: 0, probes: 0, openedAt: 0, changedAt: 0 };

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
 * @param now   unix milliseconds
 * @param since for the end of a call: `changedAt` of the state that let it through; undefined: not known, so that only
 *              ends that no probe can have are told apart
 */
export function advanceBreaker(
  state: BreakerState,
  event: BreakerEvent,
  now: number,
  settings: BreakerSettings,
  since?: number,
): BreakerStep {
  const current = state.kind === "open" && now >= state.openedAt + settings.openMs ? halfOpen(state, now) : state;
  if (isEnd(event) && isStale(current, since)) return { state: current, allowed: true };
  switch (event) {
    case "asked":
      return ask(current, settings);
    case "succeeded":
      return { state: succeed(current, now, settings), allowed: true };
    case "failed":
      return { state: fail(current, now, settings), allowed: true };
    case "abandoned":
      return { state: withoutProbe(current), allowed: true };
    case "reset":
      return { state: { ...CLOSED, changedAt: now }, allowed: true };
    case "elapsed":
      return { state: current, allowed: current.kind !== "open" };
  }
}

function isEnd(event: BreakerEvent): boolean {
  return event === "succeeded" || event === "failed" || event === "abandoned";
}

function isStale(state: BreakerState, since: number | undefined): boolean {
  if (state.kind === "open" || (state.kind === "half_open" && state.probes === 0)) return true;
  return since !== undefined && since !== state.changedAt;
}

function ask(state: BreakerState, settings: BreakerSettings): BreakerStep {
  if (state.kind === "closed") return { state, allowed: true };
  if (state.kind === "open" || state.probes >= settings.maxProbes) return { state, allowed: false };
  return { state: { ...state, probes: state.probes + 1 }, allowed: true };
}

function succeed(state: BreakerState, now: number, settings: BreakerSettings): BreakerState {
  if (state.kind === "closed") return state.failures === 0 ? state : { ...state, failures: 0 };
  const successes = state.successes + 1;
  if (successes >= settings.successThreshold) return { ...CLOSED, openedAt: state.openedAt, changedAt: now };
  return { ...withoutProbe(state), successes };
}

function fail(state: BreakerState, now: number, settings: BreakerSettings): BreakerState {
  const failures = state.failures + 1;
  if (state.kind === "closed" && failures < settings.failureThreshold) return { ...state, failures };
  return { kind: "open", failures, successes: 0, probes: 0, openedAt: now, changedAt: now };
}

function halfOpen(state: BreakerState, now: number): BreakerState {
  return { ...state, kind: "half_open", successes: 0, probes: 0, changedAt: now };
}

function withoutProbe(state: BreakerState): BreakerState {
  return state.probes === 0 ? state : { ...state, probes: state.probes - 1 };
}
