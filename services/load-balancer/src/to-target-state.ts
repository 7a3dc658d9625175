import { create } from "@bufbuild/protobuf";
import { type TargetState, TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import type { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { TargetReading } from "@fairlead/decision/balancing/advance-target";
import type { TargetName } from "@fairlead/decision/balancing/adapter-directory";

/** How a target stands now. */
export interface Standing {
  readonly reading: TargetReading;
  readonly circuit: CircuitState;
  /** Share among its equals, 0 to 1. */
  readonly weight: number;
}

/** A target as routers see it. Figures are rounded, so that what fades by a hair is not sent again. */
export function toTargetState(name: TargetName, { reading, circuit, weight }: Standing): TargetState {
  return create(TargetStateSchema, {
    provider: name.provider,
    model: name.model,
    deployment: name.deployment,
    weight: significant(weight, 3),
    latencyMs: significant(reading.latencyMs, 3),
    firstTokenMs: significant(reading.firstTokenMs, 3),
    tokensPerSecond: significant(reading.tokensPerSecond, 3),
    successRate: significant(reading.successRate, 4),
    evidence: reading.evidence < 0.01 ? 0 : significant(reading.evidence, 2),
    circuit,
    rateLimitedUntilUnixMs: BigInt(Math.ceil(reading.rateLimitedUntil)),
  });
}

function significant(figure: number, digits: number): number {
  return Number(figure.toPrecision(digits));
}
