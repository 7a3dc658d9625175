import { create } from "@bufbuild/protobuf";
import {
  type ListTargetsResponse,
  ListTargetsResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { StateStream } from "@fairlead/runtime/state-stream";

/** Serves ListTargets: the targets as they are shown now, by provider, model and deployment. */
export function listTargets(stream: StateStream<string, TargetState>) {
  return async (): Promise<ListTargetsResponse> =>
    create(ListTargetsResponseSchema, { targets: stream.values().toSorted(byName) });
}

function byName(left: TargetState, right: TargetState): number {
  return (
    compare(left.provider, right.provider) ||
    compare(left.model, right.model) ||
    compare(left.deployment, right.deployment)
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
