import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import {
  type WatchHealthRequest,
  type WatchHealthResponse,
  WatchHealthResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import type { CallContext } from "@fairlead/rpc/call";
import type { StateStream } from "@fairlead/runtime/state-stream";
import { meansTarget } from "./to-scope.ts";

/** What the handler takes. */
export interface WatchHealthPorts {
  readonly stream: StateStream<string, TargetHealth>;
  readonly now: () => number;
  /** False while nothing can be heard: no sign of life is given then, so that the age of the state shows. */
  readonly hears: () => boolean;
}

/** Serves WatchHealth. */
export function watchHealth({ stream, now, hears }: WatchHealthPorts) {
  return async function* ({ scope }: WatchHealthRequest, { signal }: CallContext): AsyncGenerator<WatchHealthResponse> {
    for await (const { version, snapshot, changed } of stream.watch(signal)) {
      if (!snapshot && changed.length === 0 && !hears()) continue;
      yield create(WatchHealthResponseSchema, {
        version: BigInt(version),
        snapshot,
        createdAt: timestampFromMs(now()),
        targets: changed.filter((target) => meansTarget(scope, target)),
      });
    }
  };
}
