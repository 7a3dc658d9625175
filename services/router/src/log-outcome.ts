import type { Context } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import type { ServiceTools } from "@fairlead/runtime/service";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import { resultOf } from "./request-result.ts";

/**
 * Writes what came of a request, with the id of its trace: a warning where the mesh or its providers failed it, a line of
 * information where another target answered than the one that was chosen, and otherwise one that is seen by `debug` only.
 */
export function logOutcome(logger: ServiceTools["logger"], trace: Context, outcome: OutcomeObserved): void {
  const level = levelOf(outcome);
  if (!logger.isLevelEnabled(level)) return;
  const facts = {
    trace_id: traceIdOf(trace),
    request_id: outcome.requestId,
    tenant: outcome.tenant,
    strategy: outcome.strategy,
    provider: outcome.provider,
    model: outcome.model,
    attempts: outcome.attempts,
    code: outcome.succeeded ? "OK" : (ErrorCode[outcome.errorCode] ?? ""),
    cost_nano_usd: outcome.costNanoUsd.toString(),
    duration_ms: Math.round(outcome.durationMs),
  };
  logger[level](facts, outcome.succeeded ? "answered" : "not answered");
}

function levelOf({ succeeded, fellBack, errorCode }: OutcomeObserved): "warn" | "info" | "debug" {
  if (succeeded) return fellBack ? "info" : "debug";
  return resultOf(errorCode) === "failed" ? "warn" : "debug";
}
