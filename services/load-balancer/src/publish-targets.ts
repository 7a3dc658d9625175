import { equals } from "@bufbuild/protobuf";
import { type TargetState, TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { readTarget } from "@fairlead/decision/balancing/advance-target";
import { accessOf, readCircuit } from "@fairlead/decision/balancing/merge-circuit";
import { weighTargets } from "@fairlead/decision/balancing/weigh-targets";
import type { ChangeOptions, StateStream } from "@fairlead/runtime/state-stream";
import type { LoadBalancerConfig } from "./config.ts";
import type { BookedTarget, TargetBook } from "./target-book.ts";
import { type Standing, toTargetState } from "./to-target-state.ts";

/** Where targets are read from and shown. */
export interface PublishPorts {
  readonly book: TargetBook;
  readonly stream: StateStream<string, TargetState>;
  readonly config: LoadBalancerConfig;
}

/** Weighs the targets of a model anew and shows those that changed. */
export function publishModel(
  { book, stream, config }: PublishPorts,
  model: string,
  now: number,
  options?: ChangeOptions,
): void {
  const targets = book.equalsOf(model);
  const standings = standingsOf(targets, now, config);
  for (const [index, target] of targets.entries()) {
    const state = toTargetState(target, standings[index] as Standing);
    const shown = stream.get(target.key);
    if (shown === undefined || !equals(TargetStateSchema, shown, state)) stream.set(target.key, state, options);
  }
}

function standingsOf(targets: readonly BookedTarget[], now: number, config: LoadBalancerConfig): Standing[] {
  const seen = targets.map(({ figures, circuit }) => ({
    reading: readTarget(figures, now, config),
    circuit: readCircuit(circuit, now, config.circuitOpenMs),
  }));
  const weights = weighTargets(
    seen.map(({ reading, circuit }) => ({ ...reading, access: accessOf(circuit, reading.rateLimitedUntil, now) })),
  );
  return seen.map((standing, index) => ({ ...standing, weight: weights[index] ?? 0 }));
}
