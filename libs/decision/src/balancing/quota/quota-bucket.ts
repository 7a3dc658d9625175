/**
 * What was handed out of a limit a minute. A token bucket bounds bursts, and a sliding window bounds the minute: a bucket
 * alone lets through its content on top of a whole minute's refill. Plain, so that it can be stored and replayed.
 */
export interface QuotaBucket {
  /** What the bucket holds; below zero where more was used than was handed out. */
  readonly level: number;
  /** Unix milliseconds at which the level was reckoned. */
  readonly at: number;
  /** What was handed out by slice of time, the oldest first. */
  readonly slices: readonly QuotaSlice[];
}

/** What was handed out in one slice of time. */
export interface QuotaSlice {
  /** Unix time in units of a slice. */
  readonly number: number;
  readonly amount: number;
}

/** What a bucket goes by. */
export interface BucketLimits {
  /** A minute; above 0. */
  readonly perMinute: number;
  /** Share of a minute that may be handed out at once, above 0 and up to 1. */
  readonly burst: number;
  /** Milliseconds for which what was handed out may be used, so that use comes later than its handing out. */
  readonly validForMs: number;
}

/** Length of a slice in milliseconds. */
export const SLICE_MS = 2_000;
const MINUTE_MS = 60_000;
/** What refilling in small steps may be off by. */
const ROUNDING = 1e-6;

/** A bucket that is full. */
export function fullBucket(limits: BucketLimits, now: number): QuotaBucket {
  return { level: capacityOf(limits), at: now, slices: [] };
}

/** What a bucket holds at most: at least one. */
export function capacityOf({ perMinute, burst }: BucketLimits): number {
  return Math.max(1, perMinute * burst);
}

/** Slices beside the current one whose content can still be used within a minute that ends now or later. */
export function windowSlices({ validForMs }: BucketLimits): number {
  return Math.ceil((MINUTE_MS + validForMs) / SLICE_MS);
}

/** Fills the bucket up for the time that has passed and forgets what has left the window. */
export function refill(bucket: QuotaBucket, limits: BucketLimits, now: number): QuotaBucket {
  const capacity = capacityOf(limits);
  const gained = (Math.max(0, now - bucket.at) * limits.perMinute) / MINUTE_MS;
  const current = sliceAt(now);
  const oldest = current - windowSlices(limits);
  const kept = bucket.slices.filter(({ number }) => number >= oldest && number <= current);
  // A clock that went back must not free what was handed out in what is now the future.
  const ahead = bucket.slices.reduce((sum, { number, amount }) => sum + (number > current ? amount : 0), 0);
  const refilled = { level: Math.min(capacity, bucket.level + gained), at: now, slices: kept };
  return ahead > 0 ? { ...refilled, slices: addToSlice(kept, current, ahead) } : refilled;
}

/** What can be handed out now of a bucket that was refilled. */
export function availableOf(bucket: QuotaBucket, { perMinute }: BucketLimits): number {
  return Math.max(0, Math.min(bucket.level, perMinute - handedOut(bucket)));
}

/**
 * Milliseconds until so much can be handed out. More than the bucket holds is handed out when it is full.
 *
 * @returns 0 where it can be now, infinity where it never can
 */
export function waitFor(bucket: QuotaBucket, limits: BucketLimits, amount: number, now: number): number {
  if (amount > limits.perMinute) return Number.POSITIVE_INFINITY;
  const missing = Math.min(amount, capacityOf(limits)) - bucket.level;
  const untilFilled = missing <= ROUNDING ? 0 : (missing * MINUTE_MS) / limits.perMinute;
  return Math.max(untilFilled, untilRoom(bucket, limits, amount, now));
}

/** Hands out an amount. Below zero gives back. */
export function handOut(bucket: QuotaBucket, amount: number, now: number): QuotaBucket {
  return { ...bucket, level: bucket.level - amount, slices: addToSlice(bucket.slices, sliceAt(now), amount) };
}

/** Gives back what was handed out in a slice. */
export function giveBack(bucket: QuotaBucket, limits: BucketLimits, amount: number, slice: number): QuotaBucket {
  const level = Math.min(capacityOf(limits), bucket.level + amount);
  const known = bucket.slices.some(({ number }) => number === slice);
  return { ...bucket, level, slices: known ? addToSlice(bucket.slices, slice, -amount) : bucket.slices };
}

/** Number of the slice of a time. */
export function sliceAt(now: number): number {
  return Math.floor(now / SLICE_MS);
}

function untilRoom(bucket: QuotaBucket, limits: BucketLimits, amount: number, now: number): number {
  let over = handedOut(bucket) + amount - limits.perMinute;
  if (over <= 0) return 0;
  for (const slice of bucket.slices) {
    over -= slice.amount;
    if (over <= 0) return (slice.number + windowSlices(limits) + 1) * SLICE_MS - now;
  }
  return (windowSlices(limits) + 1) * SLICE_MS;
}

function handedOut({ slices }: QuotaBucket): number {
  return slices.reduce((sum, { amount }) => sum + amount, 0);
}

function addToSlice(slices: readonly QuotaSlice[], number: number, amount: number): QuotaSlice[] {
  const index = slices.findIndex((slice) => slice.number === number);
  if (index < 0) return [...slices, { number, amount }].sort((left, right) => left.number - right.number);
  return slices.toSpliced(index, 1, { number, amount: Math.max(0, (slices[index] as QuotaSlice).amount + amount) });
}
