import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";

/**
 * What of a budget's window is gone for good: settled spend, and what its window had no room for. Leased shares are not part
 * of it: most of them come back, and alerts and levels that followed them would come and go.
 *
 * @returns nano-dollars
 */
export function spentOf({ settledNanoUsd, overrunNanoUsd }: BudgetState): bigint {
  return settledNanoUsd + overrunNanoUsd;
}

/** True when spend has reached a percent of a limit. A budget of nothing is always gone. */
export function hasReached(spent: bigint, limit: bigint, percent: number): boolean {
  return spent * 100n >= limit * BigInt(percent);
}
