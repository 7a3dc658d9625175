import type { BalancedTarget } from "./balancer.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";

/** Whose turn it is, by credit. */
export interface SmoothTurns {
  memory: TargetMemory<Credit>;
  /** Sum of the weights at the last turn. 0: there was none. */
  total: number;
}

interface Credit {
  /** Part of the sum of the weights that a target is owed. */
  credit: number;
}

/** No turn has been taken. */
export function noTurns(): SmoothTurns {
  return { memory: emptyMemory(), total: 0 };
}

/**
 * Gives the next turn by weight and without bursts: the smooth weighted round robin of nginx
 * (ngx_http_upstream_get_peer). Each turn credits every target with its weight; the one with the most credit is next and
 * pays the sum. With whole weights, every run of as many turns as their sum has each target exactly weight times.
 *
 * The first turn is preceded by a random number of others, so that processes which start together do not all begin
 * with the same target (as in Envoy's scheduler, where they did).
 *
 * @param weights one for each target, at least one above 0
 * @returns index of the target whose turn it is
 */
export function takeTurn(
  turns: SmoothTurns,
  targets: readonly BalancedTarget[],
  weights: readonly number[],
  random: () => number,
): number {
  const moved = recall(turns.memory, targets, () => ({ credit: 0 }));
  let total = 0;
  for (const weight of weights) total += weight;
  const first = turns.total === 0;
  if (!first && (moved || total !== turns.total)) fitCredits(turns, targets.length, total);
  turns.total = total;
  if (first) {
    for (let rest = Math.floor(random() * 2 * targets.length); rest > 0; rest--) nextTurn(turns, weights);
  }
  return nextTurn(turns, weights);
}

/** The targets in the order of their credit, for those that come after the pick. */
export function owedMost(turns: SmoothTurns, index: number): number {
  return -(turns.memory.rows[index]?.credit ?? 0);
}

function nextTurn({ memory: { rows }, total }: SmoothTurns, weights: readonly number[]): number {
  let next = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number;
    if (weight === 0) continue;
    const row = rows[index] as Credit;
    row.credit += weight;
    if (row.credit > most) {
      most = row.credit;
      next = index;
    }
  }
  (rows[next] as Credit).credit -= total;
  return next;
}

/** Weights may come in another unit or of other targets: credits keep their meaning and their sum stays at 0. */
function fitCredits({ memory: { rows }, total: before }: SmoothTurns, count: number, total: number): void {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += (rows[index] as Credit).credit;
  const mean = sum / count;
  for (const row of rows) row.credit = ((row.credit - mean) * total) / before;
}
