import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Analysis } from "@fairlead/contracts/routing/v1/decision";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { decideRoute, type Tiered } from "../routing/decide-route.ts";
import { ANY_MODEL } from "../routing/resolve-model.ts";
import type { Target } from "../routing/target.ts";
import type { RecordedOutcome } from "./recorded-outcome.ts";

/** Where a recorded request would go. */
export type NewDecision =
  | { readonly kind: "routed"; readonly ranked: readonly Tiered[] }
  | { readonly kind: "rejected" }
  /** Nobody offers the model any more, or the record says too little. */
  | { readonly kind: "unknown" };

/** Candidates looked at: more are hardly ever tried. */
const TRIED_AT_MOST = 3;
/** Among equals the middle: a replay has no chance in it. */
const MIDDLE = () => 0.5;

/**
 * Decides a recorded request anew. Circuits, budgets, load and what was learned are not in the record and play no part.
 *
 * @param policy without a strategy: that of the record
 */
export function decideAgain(
  record: RecordedOutcome,
  policy: RoutingPolicy,
  targets: readonly Target[],
  anyModel: boolean,
): NewDecision {
  const { outcome, occurredMs } = record;
  const { analysis, needs, requestedModel } = outcome;
  if (analysis === undefined || targets.length === 0) return { kind: "unknown" };
  const decided = decideRoute(
    {
      kind: ModelKind.CHAT,
      model: anyModel || requestedModel === "" ? ANY_MODEL : requestedModel,
      analysis: boundedAnalysis(analysis),
      needs: {
        tools: needs?.tools ?? false,
        vision: needs?.vision ?? false,
        audio: needs?.audioInput ?? false,
        files: needs?.files ?? false,
        structuredOutput: needs?.structuredOutput ?? false,
      },
      streaming: needs?.streaming ?? false,
      maxOutputTokens: outcome.maxOutputTokens,
      policy,
      now: occurredMs,
      defaultStrategy: outcome.strategy,
      told: TRIED_AT_MOST,
    },
    targets,
    MIDDLE,
  );
  if (decided.kind === "routed") return { kind: "routed", ranked: decided.ranked.slice(0, TRIED_AT_MOST) };
  return { kind: decided.code === ErrorCode.MODEL_NOT_FOUND ? "unknown" : "rejected" };
}

/** A record without the bound of the prompt has its estimate for one. */
function boundedAnalysis(analysis: Analysis): Analysis {
  return analysis.maxInputTokens > 0 ? analysis : { ...analysis, maxInputTokens: analysis.inputTokens };
}
