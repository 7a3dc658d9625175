import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { targetKey } from "../balancing/adapter-directory.ts";
import { predictLatency } from "./predict-outcome.ts";
import type { Target } from "./target.ts";

/** A model at a provider: what its deployments have in common. */
export interface Offer {
  readonly provider: string;
  readonly model: ModelDescription;
  readonly price: ModelPrice | undefined;
}

/** Targets by what they have in common, so that it is looked at once for all of them. */
export interface TargetIndex {
  readonly offers: readonly Offer[];
  /** Number of the offer, by position of the target. */
  readonly offerOf: Int32Array;
  /** Number of the model's weights, whoever offers them, by position of the target. */
  readonly equalsOf: Int32Array;
  /** How many different weights there are. */
  readonly equalsCount: number;
  /** Targets by each name that means them: model, alias, and both behind "provider/". */
  readonly byName: ReadonlyMap<string, readonly Target[]>;
  /** Keys of the targets, by position. */
  readonly keys: readonly string[];
  /** Place in the order of the keys, by position of the target. */
  readonly rankOf: Int32Array;
  /** Predicted milliseconds before an answer and for each token of it, by position. */
  readonly baseMs: Float64Array;
  readonly msPerToken: Float64Array;
  /** Share of calls that succeed, by position. */
  readonly reliability: Float64Array;
  /** Why a target may not be called now, whatever is asked, by position; undefined: it may. */
  readonly blocks: readonly (Finding | undefined)[];
  /** Unix milliseconds until which a target asked not to be called, by position. 0: it did not. */
  readonly blockedUntil: Float64Array;
}

/** Why a target is taken out. */
export type Finding = readonly [stage: string, reason: string, detail: string];

/** Targets are not changed once they are put together, and many decisions ask for the same. */
const known = new WeakMap<readonly Target[], TargetIndex>();

/** The index of a list of targets. */
export function indexTargets(targets: readonly Target[]): TargetIndex {
  let index = known.get(targets);
  if (index === undefined) {
    index = build(targets);
    known.set(targets, index);
  }
  return index;
}

/** Name of a model's weights, whoever offers them. */
export function canonicalName({ canonicalModel, model }: ModelDescription): string {
  return canonicalModel === "" ? model : canonicalModel;
}

function build(targets: readonly Target[]): TargetIndex {
  const offers: Offer[] = [];
  const offerOf = new Int32Array(targets.length);
  const equalsOf = new Int32Array(targets.length);
  const offerNumbers = new Map<string, number>();
  const equalsNumbers = new Map<string, number>();
  for (const [position, { provider, model, price }] of targets.entries()) {
    offerOf[position] = numberOf(offerNumbers, `${provider}/${model.model}`);
    equalsOf[position] = numberOf(equalsNumbers, canonicalName(model));
    if (offerNumbers.size > offers.length) offers.push({ provider, model, price });
  }
  const keys = targets.map(({ provider, model, deployment }) => targetKey({ provider, model: model.model, deployment }));
  const rankOf = new Int32Array(targets.length);
  const positions = keys.map((_, position) => position).sort((a, b) => ((keys[a] as string) < (keys[b] as string) ? -1 : 1));
  for (const [rank, position] of positions.entries()) rankOf[position] = rank;
  return { offers, offerOf, equalsOf, equalsCount: equalsNumbers.size, byName: namesOf(targets), keys, rankOf, ...figuresOf(targets) };
}

function namesOf(targets: readonly Target[]): Map<string, Target[]> {
  const byName = new Map<string, Target[]>();
  for (const target of targets) {
    const { model, aliases } = target.model;
    for (const name of new Set([model, ...aliases].flatMap((one) => [one, `${target.provider}/${one}`]))) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [target]);
      else same.push(target);
    }
  }
  return byName;
}

function figuresOf(targets: readonly Target[]): Pick<TargetIndex, "baseMs" | "msPerToken" | "reliability" | "blocks" | "blockedUntil"> {
  const lines = targets.map(predictLatency);
  return {
    baseMs: Float64Array.from(lines, ({ baseMs }) => baseMs),
    msPerToken: Float64Array.from(lines, ({ msPerToken }) => msPerToken),
    reliability: Float64Array.from(targets, ({ state }) => state?.successRate ?? 1),
    blocks: targets.map(blockOf),
    blockedUntil: Float64Array.from(targets, ({ state }) => Number(state?.rateLimitedUntilUnixMs ?? 0n)),
  };
}

function blockOf({ state }: Target): Finding | undefined {
  if (state === undefined) return undefined;
  if (state.circuit === CircuitState.OPEN) return ["availability", "circuit_open", "Its circuit is open after failures."];
  if (state.requestHeadroom <= 0) return ["availability", "no_request_headroom", "Its requests a minute are used up."];
  if (state.tokenHeadroom <= 0) return ["availability", "no_token_headroom", "Its tokens a minute are used up."];
  return undefined;
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const found = numbers.get(key);
  if (found !== undefined) return found;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
