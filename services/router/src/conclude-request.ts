import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import type { Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import type { CallContext } from "@fairlead/rpc/call";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import { logOutcome } from "./log-outcome.ts";
import type { Prepared } from "./prepare-request.ts";
import type { Routed, RoutingTools } from "./route-request.ts";
import { traceOutcome } from "./trace-request.ts";

/** What came of a request that was routed: what its execution says, or the error that it ended with. */
export type Conclusion = { readonly outcome: Outcome | undefined } | { readonly thrown: unknown };

/**
 * Ends a routed request: its call no longer counts as in flight, and what was predicted and what came is told.
 *
 * @param startedAt when it came, on the monotonic clock
 */
export function concludeRequest(
  routing: RoutingTools,
  prepared: Prepared,
  routed: Routed,
  conclusion: Conclusion,
  startedAt: number,
  { trace }: CallContext,
): void {
  routed.over();
  const event = "thrown" in conclusion ? failed(prepared, routed, conclusion.thrown) : answered(prepared, routed, conclusion.outcome);
  event.durationMs = performance.now() - startedAt;
  traceOutcome(trace, event);
  logOutcome(routing.tools.logger, trace, event);
  routing.events.outcomeObserved(event);
}

function answered(prepared: Prepared, routed: Routed, outcome: Outcome | undefined): OutcomeObserved {
  const event = observed(prepared, routed, outcome?.provider ?? "", outcome?.model ?? "", outcome?.deployment ?? "");
  event.succeeded = true;
  event.costNanoUsd = outcome?.costNanoUsd ?? 0n;
  event.firstTokenMs = outcome?.firstTokenMs ?? 0;
  event.attempts = callsOf(outcome?.attempts ?? []);
  if (outcome?.usage !== undefined) event.usage = outcome.usage;
  if (outcome?.qualityScore !== undefined) event.qualityScore = outcome.qualityScore;
  return event;
}

function failed(prepared: Prepared, routed: Routed, thrown: unknown): OutcomeObserved {
  const { code, detail } = asFairleadError(thrown);
  const last = detail.attempts.findLast(({ skipped }) => !skipped);
  const event = observed(prepared, routed, last?.provider ?? "", last?.model ?? "", last?.deployment ?? "");
  event.errorCode = code;
  event.costNanoUsd = detail.attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  event.attempts = callsOf(detail.attempts);
  return event;
}

function observed({ subject }: Prepared, { decision, account }: Routed, provider: string, model: string, deployment: string): OutcomeObserved {
  const first = decision.candidates[0];
  const predicted = decision.candidates.find((one) => one.provider === provider && one.model === model) ?? first;
  const { tools, vision, audio, files, structuredOutput } = subject.analyzed.needs;
  // A message is a plain object with its type's name; one is told for each request, and `create` would look up each field.
  const event: OutcomeObserved = {
    $typeName: "fairlead.events.v1.OutcomeObserved",
    requestId: account.requestId,
    tenant: account.tenant,
    user: account.user,
    project: account.project,
    strategy: decision.strategy,
    requestedModel: subject.model,
    needs: {
      $typeName: "fairlead.adapter.v1.ModelCapabilities",
      tools,
      vision,
      files,
      structuredOutput,
      audioInput: audio,
      audioOutput: false,
      reasoning: false,
      streaming: subject.streaming,
    },
    provider,
    model,
    deployment,
    predictedCostNanoUsd: predicted?.predictedCostNanoUsd ?? 0n,
    predictedLatencyMs: predicted?.predictedLatencyMs ?? 0,
    predictedQuality: predicted?.predictedQuality ?? 0,
    succeeded: false,
    errorCode: ErrorCode.UNSPECIFIED,
    costNanoUsd: 0n,
    durationMs: 0,
    firstTokenMs: 0,
    attempts: 0,
    fellBack: provider !== first?.provider || model !== first.model,
  };
  if (decision.analysis !== undefined) event.analysis = decision.analysis;
  if (subject.maxOutputTokens !== undefined) event.maxOutputTokens = subject.maxOutputTokens;
  return event;
}

function callsOf(attempts: readonly { readonly skipped: boolean }[]): number {
  return attempts.filter(({ skipped }) => !skipped).length;
}
