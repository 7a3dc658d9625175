import type { BudgetScope } from "@fairlead/contracts/cost/v1/budget";

/** What one call cost, and where it went. */
export interface CostAt {
  readonly provider: string;
  readonly model: string;
  /** Nano-dollars. */
  readonly costNanoUsd: bigint;
}

/**
 * What of a request's cost a budget bears: the calls that its scope is about. A request that fell back from one provider to
 * another costs the budget of each only what was called there. Who asked is not looked at again: the hold tells.
 *
 * @returns nano-dollars
 */
export function costWithin(scope: BudgetScope | undefined, lines: readonly CostAt[]): bigint {
  const { provider = "", model = "" } = scope ?? {};
  return lines
    .filter((line) => (provider === "" || provider === line.provider) && (model === "" || model === line.model))
    .reduce((sum, line) => sum + line.costNanoUsd, 0n);
}
