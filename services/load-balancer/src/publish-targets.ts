import { equals } from "@bufbuild/protobuf";
import { type TargetState, TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { readTarget } from "@fairlead/decision/balancing/advance-target";
import { readTraffic } from "@fairlead/decision/balancing/advance-traffic";
import type { CallLoad } from "@fairlead/decision/balancing/load-reports";
import { accessOf, readCircuit } from "@fairlead/decision/balancing/merge-circuit";
import { weighTargets } from "@fairlead/decision/balancing/weigh-targets";
import type { ChangeOptions, StateStream } from "@fairlead/runtime/state-stream";
import { AccountUsage } from "./account-usage.ts";
import type { LoadBalancerConfig } from "./config.ts";
import type { BookedTarget, TargetBook } from "./target-book.ts";
import { type Standing, toTargetState } from "./to-target-state.ts";

/** Where targets are read from and shown. */
export interface PublishPorts {
  readonly book: TargetBook;
  readonly stream: StateStream<string, TargetState>;
  readonly config: LoadBalancerConfig;
  /** Calls of each target that executors told of, by its key. */
  readonly loads: () => ReadonlyMap<string, CallLoad>;
}

const NO_LOAD: CallLoad = { active: 0, queued: 0 };

/** Weighs the targets of canonical models anew and shows those that changed. */
export function publishModels(
  { book, stream, config, loads: readLoads }: PublishPorts,
  models: Iterable<string>,
  now: number,
  options?: ChangeOptions,
): void {
  const loads = readLoads();
  const usage = new AccountUsage({ book, loads, fadeMs: config.figuresDecayMs }, now);
  for (const model of models) {
    const targets = book.equalsOf(model);
    const standings = standingsOf(targets, now, config);
    for (const [index, target] of targets.entries()) {
      const state = toTargetState(target, {
        ...(standings[index] as Seen),
        traffic: readTraffic(target.traffic, now, config.figuresDecayMs),
        percentiles: target.latency.read(now),
        load: loads.get(target.key) ?? NO_LOAD,
        headroom: usage.headroom(target),
      });
      const shown = stream.get(target.key);
      if (shown === undefined || !equals(TargetStateSchema, shown, state)) stream.set(target.key, state, options);
    }
  }
}

type Seen = Pick<Standing, "reading" | "circuit" | "weight">;

function standingsOf(targets: readonly BookedTarget[], now: number, config: LoadBalancerConfig): Seen[] {
  const seen = targets.map(({ figures, circuit }) => ({
    reading: readTarget(figures, now, config),
    circuit: readCircuit(circuit, now, config.circuitOpenMs),
  }));
  const weights = weighTargets(
    seen.map(({ reading, circuit }) => ({ ...reading, access: accessOf(circuit, reading.rateLimitedUntil, now) })),
  );
  return seen.map((standing, index) => ({ ...standing, weight: weights[index] ?? 0 }));
}
