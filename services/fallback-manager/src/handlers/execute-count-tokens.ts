import { create } from "@bufbuild/protobuf";
import type { CountTokensResponse } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type ExecuteCountTokensRequest,
  type ExecuteCountTokensResponse,
  ExecuteCountTokensResponseSchema,
} from "@fairlead/contracts/execution/v1/execution_service";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { judgeFailure } from "@fairlead/decision/fallback/judge-failure";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError, boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError, type FairleadError, failure } from "@fairlead/rpc/fairlead-error";
import type { ExecutionTools } from "../execution-tools.ts";
import { createWatchdog } from "../watchdog.ts";
import { missingPart } from "./execute.ts";

/**
 * Tries the attempts of a plan until one counts. A count says nothing about how its target answers, so it neither opens
 * nor closes a circuit, and a wait that a target asked for does not hold it back: providers limit counts by themselves.
 */
export function executeCountTokens(tools: ExecutionTools) {
  return async (request: ExecuteCountTokensRequest, context: CallContext): Promise<ExecuteCountTokensResponse> => {
    const { plan, chat, requestId } = request;
    if (plan === undefined || chat === undefined) throw missingPart();
    const { totalMs = 0, attemptMs = 0, maxAttempts = 1 } = plan.limits ?? {};
    const total = tools.tools.now() + totalMs;
    using bound = boundSignal(context.signal, Math.min(total, context.deadline ?? total));
    const call = { ...context, signal: bound.signal };
    const count: CountOne = (planned) => countAt(tools, planned, { requestId, chat, attemptMs }, call);
    const counted = await countFirst(plan.attempts, maxAttempts, count, bound.signal);
    const { planned, inputTokens, estimated } = counted ?? estimateFor(plan.attempts, chat);
    return create(ExecuteCountTokensResponseSchema, { inputTokens, estimated, provider: planned.provider, model: planned.model });
  };
}

interface Counted extends Pick<CountTokensResponse, "inputTokens" | "estimated"> {
  readonly planned: PlannedAttempt;
}

type CountOne = (planned: PlannedAttempt) => Promise<Counted>;

/** The first count; undefined where every adapter that was asked knows nothing of counting. */
async function countFirst(
  attempts: readonly PlannedAttempt[],
  most: number,
  count: CountOne,
  signal: AbortSignal,
): Promise<Counted | undefined> {
  let last: FairleadError | undefined;
  let calls = 0;
  for (const planned of attempts) {
    if (calls === most) break;
    try {
      return await count(planned);
    } catch (thrown) {
      const error = asFairleadError(signal.aborted ? abortError(signal) : thrown);
      if (signal.aborted || !judgeFailure(error.code).fallsBack) throw error;
      if (error.code !== ErrorCode.CIRCUIT_OPEN) calls += 1;
      if (error.code !== ErrorCode.UNIMPLEMENTED) last = error;
    }
  }
  if (last !== undefined) throw last;
  return undefined;
}

interface Asked {
  readonly requestId: string;
  readonly chat: ChatRequest;
  readonly attemptMs: number;
}

async function countAt(tools: ExecutionTools, planned: PlannedAttempt, asked: Asked, context: CallContext): Promise<Counted> {
  const { adapters, circuits } = tools;
  const { provider, model, deployment, askedModel } = planned;
  const client = adapters.find(provider);
  if (client === undefined) throw failure(ErrorCode.UNAVAILABLE, `${provider}/${model}: Its adapter is not there.`, { provider });
  if (circuits.isOpen(planned)) throw failure(ErrorCode.CIRCUIT_OPEN, `${provider}/${model}: Its circuit is open.`, { provider });
  using watchdog = createWatchdog(context.signal);
  watchdog.expect(asked.attemptMs, "The count");
  const chat = { ...asked.chat, model: askedModel === "" ? model : askedModel };
  try {
    const call = { ...context, signal: watchdog.signal };
    const { inputTokens, estimated } = await client.countTokens({ requestId: asked.requestId, chat, deployment }, call);
    return { planned, inputTokens, estimated };
  } catch (thrown) {
    throw watchdog.signal.aborted ? abortError(watchdog.signal) : thrown;
  }
}

function estimateFor([first]: readonly PlannedAttempt[], chat: ChatRequest): Counted {
  if (first === undefined) throw failure(ErrorCode.NO_TARGET, "The plan holds no attempt that could be made.");
  return { planned: first, inputTokens: analyzeRequest(chat).analysis.inputTokens, estimated: true };
}
