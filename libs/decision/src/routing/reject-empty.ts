import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Decision } from "@fairlead/contracts/routing/v1/decision";
import type { RouteOutcome } from "./decide-route.ts";
import { fitsPin, type Pin, tellPin } from "./pins.ts";
import type { RemovalCount, Target } from "./target.ts";

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

/**
 * Why nothing is left. What became of providers that are not wanted anyway tells nothing.
 *
 * @param pins    what the request is pinned by; the field of one is then at fault where no other is
 * @param targets all there are
 */
export function rejectEmpty(removals: readonly RemovalCount[], decision: Decision, pins: readonly Pin[], targets: readonly Target[]): RouteOutcome {
  const pin = pins.find((one) => !isMet(one, targets)) ?? pins[0];
  if (pin !== undefined && removals.every(({ wanted }) => wanted === 0)) return rejectPinned(pin, decision, targets);
  const reasons = new Set(removals.filter(({ wanted }) => wanted > 0).map(({ reason }) => reason));
  for (const [reason, code, field, message] of REJECTIONS) {
    if (reasons.has(reason)) return { kind: "rejected", code, field: field ?? pin?.field, message: withPin(message, pin), decision };
  }
  return {
    kind: "rejected",
    code: ErrorCode.NO_TARGET,
    field: pin?.field,
    message: withPin("No target is able and allowed to take this request.", pin),
    decision,
  };
}

/**
 * The refusal of a request that asks for what its pin excludes. A provider that is not there may come back; a dialect
 * that nobody speaks is refused as any field that may not be left out.
 */
export function rejectPinned(pin: Pin, decision: Decision, targets: readonly Target[]): RouteOutcome {
  const isGone = pin.kind !== "dialect" && !isMet(pin, targets);
  const code = isGone ? ErrorCode.NO_TARGET : ErrorCode.INVALID_REQUEST;
  const message = isGone ? "Its provider is not there" : "No target that is asked for can take it";
  return { kind: "rejected", code, field: pin.field, message: `${message}: ${tellPin(pin)}.`, decision };
}

function isMet(pin: Pin, targets: readonly Target[]): boolean {
  return targets.some((target) => fitsPin(pin, target));
}

function withPin(message: string, pin: Pin | undefined): string {
  return pin === undefined ? message : `${message} No other is tried: ${tellPin(pin)}.`;
}
