import type { CriteriaWeights } from "@fairlead/contracts/routing/v1/routing_policy";
import type { Criteria } from "../criteria.ts";

/** What a strategy may look at beside a contender's criteria. */
export interface StrategyInput {
  readonly weights: CriteriaWeights | undefined;
}

/** A way to rank contenders. */
export interface Strategy {
  /** Name by which requests choose it. */
  readonly name: string;
  /** Why its first is first, in words that follow "because it". */
  readonly because: string;
  /** True when only the models that the request names may be asked. */
  readonly pinned?: boolean;
  /** How good a contender is, 0 to 1; higher is better. */
  score(criteria: Criteria, input: StrategyInput): number;
}
