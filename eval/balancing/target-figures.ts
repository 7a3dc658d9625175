import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  advanceTarget,
  readTarget,
  type TargetFigures,
  type TargetReading,
  UNKNOWN_TARGET,
} from "@fairlead/decision/balancing/advance-target";
import type { BalancedTarget } from "@fairlead/decision/balancing/algorithms/balancer";
import { weighTargets } from "@fairlead/decision/balancing/weigh-targets";
import type { FleetTarget } from "./fleet.ts";

/** What load-balancer forgets by, as it is configured when nobody changes it. */
const CONSTANTS = { latencyDecayMs: 10_000, figuresDecayMs: 30_000 };
/** Calls that percentiles are taken from. */
const KEPT_CALLS = 200;
/** The simulation starts then, since a time of 0 means never in figures. */
export const START_MS = 1_000_000;

/** What balancers get as weights: the announced ones, or these times the share that load-balancer gives by speed and success. */
export const WEIGHTS = ["announced", "measured"] as const;

/** Figures of targets as load-balancer works them out from calls that ended. */
export class FiguresOfTargets {
  readonly #fleet: readonly FleetTarget[];
  readonly #weights: (typeof WEIGHTS)[number];
  readonly #figures: TargetFigures[];
  readonly #latencies: number[][];

  constructor(fleet: readonly FleetTarget[], weights: (typeof WEIGHTS)[number]) {
    this.#fleet = fleet;
    this.#weights = weights;
    this.#figures = fleet.map(() => UNKNOWN_TARGET);
    this.#latencies = fleet.map(() => []);
  }

  /** Takes a call that ended. */
  observe(target: number, durationMs: number, firstTokenMs: number, outputTokens: number, now: number): void {
    const attempt = { errorCode: ErrorCode.UNSPECIFIED, durationMs, firstTokenMs, outputTokens, retryAfterMs: 0, streamed: true };
    this.#figures[target] = advanceTarget(this.#figures[target] as TargetFigures, attempt, START_MS + now, CONSTANTS);
    const latencies = this.#latencies[target] as number[];
    latencies.push(durationMs);
    if (latencies.length > KEPT_CALLS) latencies.shift();
  }

  /** The targets as routers see them, with so many calls under way. */
  snapshot(active: readonly number[], now: number): BalancedTarget[] {
    const readings = this.#figures.map((figures) => readTarget(figures, START_MS + now, CONSTANTS));
    const shares = weighTargets(readings.map((reading) => ({ ...reading, access: "open" })));
    return this.#fleet.map(({ key, weight }, index) => {
      const reading = readings[index] as TargetReading;
      const sorted = (this.#latencies[index] as number[]).toSorted((left, right) => left - right);
      return {
        key,
        weight: this.#weights === "announced" ? weight : weight * (shares[index] ?? 1),
        active: active[index] ?? 0,
        queued: 0,
        latencyMs: reading.latencyMs,
        latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
        firstTokenMs: reading.firstTokenMs,
        tokensPerSecond: reading.tokensPerSecond,
        successRate: reading.successRate,
        evidence: reading.evidence,
        requestHeadroom: 1,
        tokenHeadroom: 1,
        costPerSuccessNanoUsd: 0,
      };
    });
  }
}
