import { create } from "@bufbuild/protobuf";
import {
  type CauseCell,
  CauseCellSchema,
  type HistoryBucket,
  HistoryBucketSchema,
  type LevelCount,
  LevelCountSchema,
} from "@fairlead/contracts/sla/v1/history";
import { MESH, scopeKey } from "./scope.ts";

/** Cells that one bucket holds at most. */
export const MOST_CELLS = 2_000;
/** What stands for all that a full bucket has no room for. */
export const OTHER = "other";

/** Adds buckets up to one of a start and length. */
export function mergeHistory(buckets: readonly HistoryBucket[], start: number, lengthMs: number): HistoryBucket {
  const levels = new Map<string, LevelCount>();
  const cells = new Map<string, CauseCell>();
  let observations = 0n;
  for (const bucket of buckets) {
    observations += bucket.observations;
    for (const level of bucket.levels) addLevel(levels, level);
    for (const cell of bucket.cells) addCell(cells, cell);
  }
  return create(HistoryBucketSchema, {
    startUnixMs: BigInt(start),
    lengthMs: BigInt(lengthMs),
    observations,
    levels: [...levels.values()],
    cells: [...cells.values()],
  });
}

/** Adds the events of a level to those of the same one. */
export function addLevel(levels: Map<string, LevelCount>, { scope, metric, good, bad }: LevelCount): void {
  const key = `${scopeKey(scope ?? MESH)}\u0001${metric}`;
  const known = levels.get(key);
  if (known === undefined) levels.set(key, create(LevelCountSchema, { scope: scope ?? MESH, metric, good, bad }));
  else {
    known.good += good;
    known.bad += bad;
  }
}

/**
 * Adds a cell to the one that agrees with it. Where there is no room for another, first its tenant and then all of it is
 * counted under "other", so sums stay right.
 */
export function addCell(cells: Map<string, CauseCell>, cell: CauseCell): void {
  let known = cells.get(cellKey(cell));
  if (known === undefined && cells.size >= MOST_CELLS) known = cells.get(cellKey({ ...cell, tenant: OTHER })) ?? otherCell(cells, cell);
  if (known === undefined) {
    cells.set(cellKey(cell), create(CauseCellSchema, cell));
    return;
  }
  known.calls += cell.calls;
  known.failed += cell.failed;
  known.slow += cell.slow;
  known.latencyMs += cell.latencyMs;
  known.measured += cell.measured;
  known.costNanoUsd += cell.costNanoUsd;
}

function otherCell(cells: Map<string, CauseCell>, { error }: CauseCell): CauseCell {
  const names = { provider: OTHER, model: OTHER, deployment: "", region: "", tenant: OTHER, error };
  const other = create(CauseCellSchema, names);
  const known = cells.get(cellKey(other));
  if (known !== undefined) return known;
  cells.set(cellKey(other), other);
  return other;
}

function cellKey({ provider, model, deployment, region, tenant, error }: CauseCell): string {
  return `${provider}\u0001${model}\u0001${deployment}\u0001${region}\u0001${tenant}\u0001${error}`;
}
