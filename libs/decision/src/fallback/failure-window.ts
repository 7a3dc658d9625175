/** Ends of calls in two neighbouring stretches of time. Plain, so that it can be stored and replayed. */
export interface FailureWindow {
  /** Number of the stretch, counted from 1970 in stretches of its length. */
  readonly stretch: number;
  /** Calls that ended in the stretch, and how many of them failed. */
  readonly calls: number;
  readonly failures: number;
  /** The same of the stretch before. */
  readonly earlierCalls: number;
  readonly earlierFailures: number;
}

/** What a window holds, estimated. */
export interface WindowCount {
  readonly calls: number;
  readonly failures: number;
}

/** A window that no call ended in. */
export const EMPTY_WINDOW: FailureWindow = { stretch: 0, calls: 0, failures: 0, earlierCalls: 0, earlierFailures: 0 };

/**
 * A window after the end of one more call.
 *
 * @param now      unix milliseconds; a clock that was set back moves the window with it
 * @param windowMs length of the window
 */
export function addToWindow(window: FailureWindow, failed: boolean, now: number, windowMs: number): FailureWindow {
  const { stretch, calls, failures, earlierCalls, earlierFailures } = turnedTo(window, Math.floor(now / windowMs));
  return { stretch, calls: calls + 1, failures: failed ? failures + 1 : failures, earlierCalls, earlierFailures };
}

/**
 * Calls and failures of the last `windowMs` milliseconds, by the sliding window counter: the running stretch in full and
 * the one before by the share of it that still lies in the window, as if its calls had come evenly. Two numbers stand
 * for a list of calls; off by no more than the unevenness of one stretch.
 */
export function readWindow(window: FailureWindow, now: number, windowMs: number): WindowCount {
  const { calls, failures, earlierCalls, earlierFailures } = turnedTo(window, Math.floor(now / windowMs));
  const share = 1 - (now % windowMs) / windowMs;
  return { calls: calls + share * earlierCalls, failures: failures + share * earlierFailures };
}

function turnedTo(window: FailureWindow, stretch: number): FailureWindow {
  if (stretch === window.stretch) return window;
  if (stretch < window.stretch) return { ...window, stretch };
  if (stretch > window.stretch + 1) return { ...EMPTY_WINDOW, stretch };
  return { stretch, calls: 0, failures: 0, earlierCalls: window.calls, earlierFailures: window.failures };
}
