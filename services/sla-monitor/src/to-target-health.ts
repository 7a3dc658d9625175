import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type TargetHealth, TargetHealthSchema } from "@fairlead/contracts/sla/v1/health";
import type { Scope } from "@fairlead/decision/sla/scope";
import type { SettledVerdict } from "@fairlead/decision/sla/settle-verdict";
import type { WindowFigures } from "@fairlead/decision/sla/window-figures";

/** A target's health as routers see it. */
export function toTargetHealth({ provider, model }: Scope, figures: WindowFigures, { verdict, reason, since }: SettledVerdict): TargetHealth {
  return create(TargetHealthSchema, {
    provider,
    model,
    verdict,
    reason,
    calls: BigInt(figures.calls),
    successRate: figures.successRate,
    latencyP50Ms: figures.latencyP50Ms,
    latencyP95Ms: figures.latencyP95Ms,
    latencyP99Ms: figures.latencyP99Ms,
    since: timestampFromMs(since),
  });
}
