/** Sums over outcomes, each counted by its age at the time `at`. Money in nano-dollars, latency in milliseconds. */
export interface Evidence {
  /** Outcomes ever, not faded. */
  calls: number;
  /** Unix milliseconds of the newest outcome. */
  at: number;
  /** Outcomes. */
  weight: number;
  /** Of them, those that succeeded. */
  succeeded: number;
  /** Ratings of answers: measured quality or feedback. */
  rated: number;
  /** Sum of the ratings, each 0 to 1. */
  quality: number;
  /** Of those that succeeded: what they cost and took, and what the catalogue had said of it. */
  cost: number;
  expectedCost: number;
  latency: number;
  expectedLatency: number;
}

/** Cost and latency of a call with what was expected of them. */
export interface Expense {
  readonly cost: number;
  readonly expectedCost: number;
  readonly latency: number;
  readonly expectedLatency: number;
}

/** No outcomes. */
export function noEvidence(at: number): Evidence {
  return {
    calls: 0,
    at,
    weight: 0,
    succeeded: 0,
    rated: 0,
    quality: 0,
    cost: 0,
    expectedCost: 0,
    latency: 0,
    expectedLatency: 0,
  };
}

/** What an outcome of the time `at` counts at the time `now`: half after each half-life. */
export function fading(at: number, now: number, halfLifeMs: number): number {
  return now <= at ? 1 : Math.exp((-Math.LN2 * (now - at)) / halfLifeMs);
}

/** Lets evidence fade to a time and makes room for one more outcome within the limit. */
export function makeRoom(evidence: Evidence, now: number, halfLifeMs: number, limit: number): void {
  const faded = fading(evidence.at, now, halfLifeMs);
  const most = Math.max(evidence.weight, evidence.rated) * faded;
  scaleEvidence(evidence, most > limit - 1 ? (faded * (limit - 1)) / most : faded);
  evidence.at = Math.max(evidence.at, now);
}

/** Multiplies all that fades. */
export function scaleEvidence(evidence: Evidence, factor: number): void {
  if (factor === 1) return;
  evidence.weight *= factor;
  evidence.succeeded *= factor;
  evidence.rated *= factor;
  evidence.quality *= factor;
  evidence.cost *= factor;
  evidence.expectedCost *= factor;
  evidence.latency *= factor;
  evidence.expectedLatency *= factor;
}

/** Adds a call; what it cost and took only where it succeeded, since a failure tells nothing of either. */
export function addCall(evidence: Evidence, expense: Expense | undefined): void {
  evidence.calls += 1;
  evidence.weight += 1;
  if (expense === undefined) return;
  evidence.succeeded += 1;
  evidence.cost += expense.cost;
  evidence.expectedCost += expense.expectedCost;
  evidence.latency += expense.latency;
  evidence.expectedLatency += expense.expectedLatency;
}

/** Adds a rating of 0 to 1. */
export function addRating(evidence: Evidence, rating: number): void {
  evidence.rated += 1;
  evidence.quality += rating;
}

/** Puts a rating in the place of an earlier one that still counts, at least in part. */
export function replaceRating(evidence: Evidence, earlier: number, rating: number): void {
  evidence.quality = Math.min(evidence.rated, Math.max(0, evidence.quality + rating - earlier));
}

/** Adds all of another one as it is at a time. */
export function addEvidence(sum: Evidence, other: Evidence, now: number, halfLifeMs: number): void {
  const faded = fading(other.at, now, halfLifeMs);
  sum.calls += other.calls;
  sum.weight += other.weight * faded;
  sum.succeeded += other.succeeded * faded;
  sum.rated += other.rated * faded;
  sum.quality += other.quality * faded;
  sum.cost += other.cost * faded;
  sum.expectedCost += other.expectedCost * faded;
  sum.latency += other.latency * faded;
  sum.expectedLatency += other.expectedLatency * faded;
}
