import type { TargetLimits } from "@fairlead/contracts/adapter/v1/model";

/** What goes through an account or a target now. */
export interface Usage {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** Calls at the same time. */
  readonly active: number;
}

/** What is left of the limits, each 0 to 1; 1 also where there is no limit. */
export interface Headroom {
  readonly requests: number;
  readonly tokens: number;
}

/**
 * What is left of the limits of a target.
 *
 * @param usage of all targets that share the limits
 */
export function headroomOf(limits: TargetLimits | undefined, usage: Usage): Headroom {
  if (limits === undefined) return { requests: 1, tokens: 1 };
  const ofMinute = left(usage.requestsPerMinute, limits.requestsPerMinute);
  const atOnce = left(usage.active, limits.concurrentRequests);
  return {
    requests: Math.min(ofMinute, atOnce),
    tokens: left(usage.tokensPerMinute, Number(limits.tokensPerMinute)),
  };
}

function left(used: number, limit: number): number {
  return limit === 0 ? 1 : Math.min(1, Math.max(0, 1 - used / limit));
}
