/** What bounds the cost of all attempts of a request together, in billionths of a dollar. */
export interface CostBounds {
  /** The request's own limit; undefined: none. */
  readonly limit: bigint | undefined;
  /** What is reserved for it in its tightest budget; undefined: no budget bounds it. */
  readonly held: bigint | undefined;
}

/** Whether an attempt may be made, or what does not leave room for it. */
export type CostVerdict = "fits" | "over_limit" | "over_hold";

/**
 * Whether the worst case of one more attempt fits beside what was spent and what may still be spent.
 *
 * @param committed cost of the attempts that ended and worst case of those under way
 * @param worstCase of the attempt; 0: not known, so that it cannot be held against the bounds
 */
export function fitsCost(bounds: CostBounds, committed: bigint, worstCase: bigint): CostVerdict {
  if (worstCase === 0n) return "fits";
  if (bounds.limit !== undefined && committed + worstCase > bounds.limit) return "over_limit";
  // The first attempt is what the reservation was made for.
  if (bounds.held !== undefined && committed > 0n && committed + worstCase > bounds.held) return "over_hold";
  return "fits";
}
