import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { Contender } from "./target.ts";

/** How a contender stands among the others, each 0 to 1; higher is better. */
export type Criteria = {
  readonly cost: number;
  readonly latency: number;
  readonly quality: number;
  readonly reliability: number;
};

/** What a degraded verdict leaves of reliability. */
const DEGRADED = 0.8;

/**
 * Puts the contenders' figures on one scale. Cost and latency are ratios to the best, so that twice the price is half
 * the score wherever the prices lie; quality and reliability are shares already. Beside a free contender, for which
 * there is no ratio, the cheapest that costs something counts as twice as dear.
 */
export function weighCriteria(contenders: readonly Contender[]): Criteria[] {
  let cheapest = Number.POSITIVE_INFINITY;
  let fastest = Number.POSITIVE_INFINITY;
  let free = false;
  for (const { prediction } of contenders) {
    if (prediction.cost > 0) cheapest = Math.min(cheapest, prediction.cost);
    else free = true;
    fastest = Math.min(fastest, prediction.latencyMs);
  }
  if (free) cheapest /= 2;
  return contenders.map(({ target, prediction }) => ({
    cost: ratio(cheapest, prediction.cost),
    latency: ratio(fastest, prediction.latencyMs),
    quality: prediction.quality,
    reliability: prediction.reliability * (target.verdict === Verdict.DEGRADED ? DEGRADED : 1),
  }));
}

function ratio(best: number, own: number): number {
  return own <= 0 ? 1 : best / own;
}
