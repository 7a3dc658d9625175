/** Knows until when nothing could be heard, so that silence is not taken for absence. */
export interface Hearing {
  /** Looks whether events can be heard; to be called at every tick. */
  check(): void;
  /** True when events can be heard now. */
  hears(): boolean;
  /** Unix milliseconds. 0: events could always be heard. */
  deafUntil(): number;
}

/** A tick that comes so much too late means that this process was stopped or starved, and what was sent waits unread. */
const LATE_MS = 1_000;

/** Makes the hearing of a service. */
export function createHearing(connected: () => boolean, now: () => number): Hearing {
  let deafUntil = 0;
  let checkedAt = performance.now();
  return {
    check() {
      const elapsed = performance.now() - checkedAt;
      checkedAt += elapsed;
      if (!connected() || elapsed > LATE_MS) deafUntil = now();
    },
    hears: connected,
    deafUntil: () => deafUntil,
  };
}
