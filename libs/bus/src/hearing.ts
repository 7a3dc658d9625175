/** Knows until when nothing could be heard, so that silence is not taken for absence. */
export interface Hearing {
  /** True when events can be heard now. */
  hears(): boolean;
  /** Unix milliseconds up to which events may have been missed. 0: they could always be heard. */
  deafUntil(): number;
  /** Ends the following. */
  close(): void;
}

/** Milliseconds between two looks at the connection. */
const LOOK_MS = 250;
/** A look that comes so much too late means that this process was stopped or starved, and what was sent waits unread. */
const LATE_MS = 1_000;

/**
 * Follows whether a bus can be heard.
 *
 * @param now unix milliseconds
 */
export function followHearing(bus: { connected(): boolean }, now: () => number): Hearing {
  let deafUntil = 0;
  let lookedAt = performance.now();
  const look = () => {
    const elapsed = performance.now() - lookedAt;
    lookedAt += elapsed;
    if (!bus.connected() || elapsed > LATE_MS) deafUntil = now();
    return bus.connected();
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    hears: look,
    deafUntil() {
      look();
      return deafUntil;
    },
    close: () => clearInterval(timer),
  };
}
