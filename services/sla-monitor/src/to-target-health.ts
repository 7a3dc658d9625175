import { create } from "@bufbuild/protobuf";
import { type TargetHealth, TargetHealthSchema } from "@fairlead/contracts/sla/v1/health";
import type { TargetName } from "@fairlead/decision/balancing/adapter-directory";
import type { Judgement, WindowFigures } from "@fairlead/decision/sla/judge-target";

/** A target's health as routers see it. */
export function toTargetHealth(name: Pick<TargetName, "provider" | "model">, figures: WindowFigures, judgement: Judgement): TargetHealth {
  return create(TargetHealthSchema, {
    provider: name.provider,
    model: name.model,
    verdict: judgement.verdict,
    reason: judgement.reason,
    calls: BigInt(figures.calls),
    successRate: figures.successRate,
    latencyP50Ms: figures.latencyP50Ms,
    latencyP95Ms: figures.latencyP95Ms,
    latencyP99Ms: figures.latencyP99Ms,
  });
}
