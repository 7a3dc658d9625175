import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Decision } from "@fairlead/contracts/routing/v1/decision";
import type { RouteOutcome } from "./decide-route.ts";
import type { RemovalCount } from "./target.ts";

type Rejection = readonly [reason: string, code: ErrorCode, field: string | undefined, message: string];

/** Reasons that tell more than "no target", the most telling first. */
const REJECTIONS: readonly Rejection[] = [
  ["circuit_open", ErrorCode.CIRCUIT_OPEN, undefined, "The circuit of every target that could answer is open."],
  ["rate_limited", ErrorCode.RATE_LIMITED, undefined, "Every target that could answer asked to wait."],
  ["no_request_headroom", ErrorCode.RATE_LIMITED, undefined, "The requests a minute of every target that could answer are used up."],
  ["no_token_headroom", ErrorCode.RATE_LIMITED, undefined, "The tokens a minute of every target that could answer are used up."],
  ["cost_limit", ErrorCode.COST_LIMIT_EXCEEDED, "policy.max_cost_nano_usd", "The worst case costs more than the request allows."],
  ["context_too_small", ErrorCode.CONTEXT_LENGTH_EXCEEDED, "chat.messages", "The prompt does not fit the context window."],
];

/** Why nothing is left. What became of providers that are not wanted anyway tells nothing. */
export function rejectEmpty(removals: readonly RemovalCount[], decision: Decision): RouteOutcome {
  const reasons = new Set(removals.filter(({ wanted }) => wanted > 0).map(({ reason }) => reason));
  for (const [reason, code, field, message] of REJECTIONS) {
    if (reasons.has(reason)) return { kind: "rejected", code, field, message, decision };
  }
  return {
    kind: "rejected",
    code: ErrorCode.NO_TARGET,
    field: undefined,
    message: "No target is able and allowed to take this request.",
    decision,
  };
}
