import { type Context, trace } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";

/** What an execution came to. */
export interface ExecutionSum {
  /** Calls that were made; targets that were skipped are not among them. */
  readonly calls: number;
  readonly costNanoUsd: bigint;
  /** True when a target was called beside one that was late. */
  readonly hedged: boolean;
}

/** Notes on the span of an execution that a target was left out, which has no span of its own because nobody was called. */
export function traceSkip(context: Context, { provider, model, deployment }: PlannedAttempt, number: number, code: ErrorCode): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() !== true) return;
  span.addEvent("fairlead.attempt.skipped", {
    "fairlead.attempt.number": number,
    "fairlead.provider": provider,
    "fairlead.model": model,
    ...(deployment === "" ? {} : { "fairlead.deployment": deployment }),
    "error.type": ErrorCode[code] ?? "",
  });
}

/** Says on the span of an execution what it came to. */
export function traceExecution(context: Context, { calls, costNanoUsd, hedged }: ExecutionSum): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() !== true) return;
  span.setAttributes({ "fairlead.attempt.count": calls, "fairlead.cost.usd": Number(costNanoUsd) / 1e9, "fairlead.hedged": hedged });
}
