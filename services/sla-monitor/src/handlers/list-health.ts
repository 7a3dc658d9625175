import { create } from "@bufbuild/protobuf";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { type ListHealthResponse, ListHealthResponseSchema } from "@fairlead/contracts/sla/v1/sla_service";
import type { StateStream } from "@fairlead/runtime/state-stream";

/** Serves ListHealth: the figures as they are shown now, by provider and model. */
export function listHealth(stream: StateStream<string, TargetHealth>) {
  return async (): Promise<ListHealthResponse> =>
    create(ListHealthResponseSchema, { targets: stream.values().toSorted(byProviderAndModel) });
}

function byProviderAndModel(left: TargetHealth, right: TargetHealth): number {
  return compare(left.provider, right.provider) || compare(left.model, right.model);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
