import { create } from "@bufbuild/protobuf";
import {
  type CreateMetricsSnapshotRequest,
  type CreateMetricsSnapshotResponse,
  CreateMetricsSnapshotResponseSchema,
  type GetMetricsSnapshotRequest,
  type GetMetricsSnapshotResponse,
  GetMetricsSnapshotResponseSchema,
  type ListMetricsSnapshotsRequest,
  type ListMetricsSnapshotsResponse,
  ListMetricsSnapshotsResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import type { Snapshots } from "../snapshots.ts";
import { fromStore } from "../store-failure.ts";
import type { SummaryBook } from "../summary-book.ts";

const DEFAULT_LIMIT = 100;

/** Serves CreateMetricsSnapshot. */
export function createMetricsSnapshot(book: SummaryBook, snapshots: Snapshots, now: () => number) {
  return async ({ name }: CreateMetricsSnapshotRequest): Promise<CreateMetricsSnapshotResponse> => {
    const at = Math.trunc(now());
    const summary = await fromStore(book.sinceReset({ provider: "", byModel: true }, at));
    return create(CreateMetricsSnapshotResponseSchema, { snapshot: await fromStore(snapshots.take(name, summary, at)) });
  };
}

/** Serves ListMetricsSnapshots: newest first. */
export function listMetricsSnapshots(snapshots: Snapshots) {
  return async ({ limit }: ListMetricsSnapshotsRequest): Promise<ListMetricsSnapshotsResponse> => {
    const listed = (await fromStore(snapshots.list())).slice(0, limit === 0 ? DEFAULT_LIMIT : limit);
    for (const { summary } of listed) for (const provider of summary?.providers ?? []) provider.models = [];
    return create(ListMetricsSnapshotsResponseSchema, { snapshots: listed });
  };
}

/** Serves GetMetricsSnapshot. */
export function getMetricsSnapshot(snapshots: Snapshots) {
  return async ({ name }: GetMetricsSnapshotRequest): Promise<GetMetricsSnapshotResponse> =>
    create(GetMetricsSnapshotResponseSchema, { snapshot: await fromStore(snapshots.find(name)) });
}
