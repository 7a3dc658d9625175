import type { BalancedTarget } from "./balancer.ts";

/**
 * What is remembered of targets, row by row in the order in which they were last seen. Rows of targets that are gone
 * follow, the latest first, so that one that comes and goes finds its own again.
 */
export interface TargetMemory<Row> {
  keys: string[];
  rows: Row[];
}

/** Rows of targets that are gone; older ones are forgotten. */
const GONE_KEPT = 64;

/** A memory of nothing. */
export function emptyMemory<Row>(): TargetMemory<Row> {
  return { keys: [], rows: [] };
}

/**
 * Brings the rows into the order of the targets: `memory.rows[i]` is that of `targets[i]` from then on.
 *
 * @param fresh makes the row of a target that is new
 * @returns false where they were in that order already, which is the usual case and costs a comparison each
 */
export function recall<Row>(
  memory: TargetMemory<Row>,
  targets: readonly BalancedTarget[],
  fresh: (target: BalancedTarget) => Row,
): boolean {
  const { keys } = memory;
  let same = keys.length >= targets.length;
  for (let index = 0; same && index < targets.length; index++) same = keys[index] === targets[index]?.key;
  if (!same) rearrange(memory, targets, fresh);
  return !same;
}

function rearrange<Row>(
  memory: TargetMemory<Row>,
  targets: readonly BalancedTarget[],
  fresh: (target: BalancedTarget) => Row,
): void {
  const known = new Map<string, Row>();
  memory.keys.forEach((key, index) => known.set(key, memory.rows[index] as Row));
  const rows = targets.map((target) => known.get(target.key) ?? fresh(target));
  const keys = targets.map((target) => target.key);
  for (const key of keys) known.delete(key);
  const most = targets.length + GONE_KEPT;
  for (const [key, row] of known) {
    if (keys.length >= most) break;
    keys.push(key);
    rows.push(row);
  }
  memory.keys = keys;
  memory.rows = rows;
}
