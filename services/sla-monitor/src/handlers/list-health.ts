import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type ProviderCheck, ProviderCheckSchema, type TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { type ListHealthRequest, type ListHealthResponse, ListHealthResponseSchema } from "@fairlead/contracts/sla/v1/sla_service";
import type { StateStream } from "@fairlead/runtime/state-stream";
import type { CheckedProvider, Checks } from "../checks.ts";
import { errorName } from "../events.ts";
import { meansTarget } from "./to-scope.ts";

/** Serves ListHealth: the figures as they are shown now, by provider and model. */
export function listHealth(stream: StateStream<string, TargetHealth>, checks: Checks) {
  return async ({ scope }: ListHealthRequest): Promise<ListHealthResponse> =>
    create(ListHealthResponseSchema, {
      targets: stream
        .values()
        .filter((target) => meansTarget(scope, target))
        .toSorted(byProviderAndModel),
      checks: checks
        .list()
        .filter(({ provider }) => meansTarget(scope, { provider, model: scope?.model ?? "" }))
        .toSorted((left, right) => compare(left.provider, right.provider))
        .map(toProviderCheck),
    });
}

function toProviderCheck({ provider, row, checkedAt, durationMs, error }: CheckedProvider): ProviderCheck {
  const facts = { provider, answered: row?.answered ?? false, inARow: row?.inARow ?? 0, durationMs };
  return create(ProviderCheckSchema, { ...facts, checkedAt: timestampFromMs(checkedAt), error: error === ErrorCode.UNSPECIFIED ? "" : errorName(error) });
}

function byProviderAndModel(left: TargetHealth, right: TargetHealth): number {
  return compare(left.provider, right.provider) || compare(left.model, right.model);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
