import { type BalancedTarget, defineBalancer } from "./balancer.ts";
import { orderByCost } from "./order-by-cost.ts";
import { relativeLoads } from "./outstanding.ts";
import { noTurns, type SmoothTurns } from "./smooth-turns.ts";
import { emptyMemory, recall, type TargetMemory } from "./target-memory.ts";
import { chooseOfTwo } from "./two-choices.ts";
import { usableWeights } from "./usable-weights.ts";

interface Sighting {
  latencyMs: number;
  evidence: number;
  /** Unix milliseconds at which the latency was last news, or a call was sent that will bring some. */
  at: number;
}

interface ResponseTimeState {
  turns: SmoothTurns;
  sightings: TargetMemory<Sighting>;
}

/** Milliseconds after which a latency without news counts 37 %; Finagle's and linkerd's default. */
const DECAY_MS = 10_000;

/**
 * The cheaper of two by peak latency x load for its weight: the peak-EWMA balancer of Finagle and linkerd. A
 * latency that no call confirms fades towards the fastest, so that a shunned target is tried again after a while, by
 * one call of each process at a time. A target that was never measured counts as the fastest.
 */
export const leastResponseTime = defineBalancer<ResponseTimeState>({
  name: "least_response_time",
  because: "targets differ in speed or slow down at times; new requests go where they are answered soonest",
  createState: () => ({ turns: noTurns(), sightings: emptyMemory() }),
  order(state, targets, { now, random }) {
    if (targets.length === 0) return [];
    const weights = usableWeights(targets);
    look(state.sightings, targets, now);
    const fastest = fastestOf(targets, weights);
    const costs = relativeLoads(targets, weights).map((load, index) => {
      const { at, latencyMs } = state.sightings.rows[index] as Sighting;
      return load * fadedLatency(latencyMs, fastest, now - at);
    });
    const pick = chooseOfTwo(state.turns, targets, weights, costs, random);
    (state.sightings.rows[pick] as Sighting).at = now;
    return orderByCost(pick, weights, (index) => costs[index] as number);
  },
});

function look(sightings: TargetMemory<Sighting>, targets: readonly BalancedTarget[], now: number): void {
  recall(sightings, targets, ({ latencyMs, evidence }) => ({ latencyMs, evidence, at: now }));
  for (let index = 0; index < targets.length; index++) {
    const { latencyMs, evidence } = targets[index] as BalancedTarget;
    const row = sightings.rows[index] as Sighting;
    // Evidence only fades by itself, so more of it means that a call has ended.
    if (latencyMs !== row.latencyMs || evidence > row.evidence) row.at = now;
    row.latencyMs = latencyMs;
    row.evidence = evidence;
  }
}

/** Milliseconds of the fastest usable target; 1 where none is measured. */
function fastestOf(targets: readonly BalancedTarget[], weights: readonly number[]): number {
  let fastest = Number.MAX_VALUE;
  for (let index = 0; index < targets.length; index++) {
    const { latencyMs } = targets[index] as BalancedTarget;
    if ((weights[index] as number) > 0 && latencyMs > 0 && latencyMs < fastest) fastest = latencyMs;
  }
  return fastest === Number.MAX_VALUE ? 1 : fastest;
}

function fadedLatency(latencyMs: number, fastest: number, age: number): number {
  if (!(latencyMs > fastest)) return fastest;
  if (age <= 0) return latencyMs;
  return Math.max(fastest, latencyMs * Math.exp(-age / DECAY_MS));
}
