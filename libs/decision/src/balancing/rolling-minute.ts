/** What happened in the last minute, in parts of five seconds. Plain, so that it can be stored and replayed. */
export interface RollingMinute {
  /** Sums of the parts, the newest last. */
  readonly parts: readonly number[];
  /** Number of the newest part: unix time in units of a part. */
  readonly newest: number;
}

const PARTS = 12;
const PART_MS = 60_000 / PARTS;

/** A minute in which nothing happened. */
export const QUIET_MINUTE: RollingMinute = { parts: [], newest: 0 };

/**
 * Adds what happened now.
 *
 * @param now unix milliseconds; a clock that went back is taken as standing still
 */
export function addToMinute(minute: RollingMinute, amount: number, now: number): RollingMinute {
  const newest = Math.max(minute.newest, Math.floor(now / PART_MS));
  const gap = newest - minute.newest;
  if (minute.parts.length === 0 || gap >= PARTS) return { parts: [amount], newest };
  const parts = [...minute.parts, ...Array.from({ length: gap }, () => 0)].slice(-PARTS);
  parts[parts.length - 1] = (parts.at(-1) ?? 0) + amount;
  return { parts, newest };
}

/** The sum of the last minute; its oldest part counts by how much of it is still within. */
export function minuteSum(minute: RollingMinute, now: number): number {
  const current = Math.max(minute.newest, Math.floor(now / PART_MS));
  const left = 1 - Math.min(1, Math.max(0, now / PART_MS - current));
  let sum = 0;
  for (const [index, part] of minute.parts.entries()) {
    const age = current - minute.newest + minute.parts.length - 1 - index;
    if (age < PARTS) sum += part;
    else if (age === PARTS) sum += part * left;
  }
  return sum;
}
