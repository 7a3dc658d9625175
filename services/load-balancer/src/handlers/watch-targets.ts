import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type WatchTargetsRequest,
  type WatchTargetsResponse,
  WatchTargetsResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { CallContext } from "@fairlead/rpc/call";
import type { StateStream } from "@fairlead/runtime/state-stream";

/** What the handler takes. */
export interface WatchTargetsPorts {
  readonly stream: StateStream<string, TargetState>;
  readonly now: () => number;
  /** False while nothing can be heard: no sign of life is given then, so that the age of the state shows. */
  readonly hears: () => boolean;
}

/** Serves WatchTargets. */
export function watchTargets({ stream, now, hears }: WatchTargetsPorts) {
  return async function* (
    _request: WatchTargetsRequest,
    { signal }: CallContext,
  ): AsyncGenerator<WatchTargetsResponse> {
    for await (const { version, snapshot, changed } of stream.watch(signal)) {
      if (!snapshot && changed.length === 0 && !hears()) continue;
      yield create(WatchTargetsResponseSchema, {
        version: BigInt(version),
        snapshot,
        createdAt: timestampFromMs(now()),
        targets: changed,
      });
    }
  };
}
