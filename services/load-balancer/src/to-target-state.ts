import { create } from "@bufbuild/protobuf";
import { type TargetState, TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import type { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { TargetReading } from "@fairlead/decision/balancing/advance-target";
import type { TrafficReading } from "@fairlead/decision/balancing/advance-traffic";
import type { Headroom } from "@fairlead/decision/balancing/headroom";
import type { CallLoad } from "@fairlead/decision/balancing/load-reports";
import type { LatencyPercentiles } from "./latency-sketch.ts";
import type { BookedTarget } from "./target-book.ts";

/** How a target stands now. */
export interface Standing {
  readonly reading: TargetReading;
  readonly circuit: CircuitState;
  /** Share among its equals, 0 to 1. */
  readonly weight: number;
  readonly traffic: TrafficReading;
  readonly percentiles: LatencyPercentiles;
  readonly load: CallLoad;
  readonly headroom: Headroom;
}

/** A target as routers see it. Figures are rounded, so that what fades by a hair is not sent again. */
export function toTargetState({ provider, model, deployment, offer }: BookedTarget, standing: Standing): TargetState {
  const { reading, circuit, weight, traffic, percentiles, load, headroom } = standing;
  return create(TargetStateSchema, {
    provider,
    model,
    deployment,
    weight: significant(weight, 3),
    latencyMs: significant(reading.latencyMs, 3),
    firstTokenMs: significant(reading.firstTokenMs, 3),
    tokensPerSecond: significant(reading.tokensPerSecond, 3),
    successRate: significant(reading.successRate, 4),
    evidence: reading.evidence < 0.01 ? 0 : significant(reading.evidence, 2),
    circuit,
    rateLimitedUntilUnixMs: BigInt(Math.ceil(reading.rateLimitedUntil)),
    active: load.active,
    queued: load.queued,
    latencyP50Ms: significant(percentiles.p50Ms, 3),
    latencyP95Ms: significant(percentiles.p95Ms, 3),
    latencyP99Ms: significant(percentiles.p99Ms, 3),
    requestsPerMinute: significant(traffic.requestsPerMinute, 3),
    tokensPerMinute: significant(traffic.tokensPerMinute, 3),
    costPerSuccessNanoUsd: BigInt(Math.round(significant(traffic.costPerSuccessNanoUsd, 3))),
    errors: Object.fromEntries(Object.entries(traffic.errors).map(([code, count]) => [code, significant(count, 2)])),
    requestHeadroom: headroomFigure(headroom.requests),
    tokenHeadroom: headroomFigure(headroom.tokens),
    announcedWeight: offer?.weight ?? 1,
    region: offer?.region ?? "",
  });
}

/** To whole percents, but never down to none where there is some. */
function headroomFigure(share: number): number {
  return share > 0 && share < 0.01 ? significant(share, 1) : Math.round(share * 100) / 100;
}

function significant(figure: number, digits: number): number {
  return Number(figure.toPrecision(digits));
}
