import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { type GenerateRequest, type GenerateResponse, GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { pinsOf } from "@fairlead/decision/routing/pins";
import type { CallContext, Client } from "@fairlead/rpc/call";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { ResponseCache } from "@fairlead/state/response-cache";
import { concludeRequest } from "../conclude-request.ts";
import { degradedAnswer, type DegradeTools, keepForDegraded } from "../degraded-answer.ts";
import { type Prepared, prepareRequest } from "../prepare-request.ts";
import { reportOf, storedReport } from "../report.ts";
import { termsOf } from "../request-context.ts";
import { type RoutingSubject, type RoutingTools, routeRequest } from "../route-request.ts";
import { findStored } from "../stored-answers.ts";
import { traceCache } from "../trace-request.ts";

/** What answering needs beside routing. */
export interface GenerateTools extends RoutingTools {
  readonly execution: Client<typeof ExecutionService>;
  readonly cache: ResponseCache;
  readonly degrade: DegradeTools;
}

/** Chooses a target, has it asked, and says how the answer was made. */
export function generate(tools: GenerateTools) {
  return async (request: GenerateRequest, given: CallContext): Promise<GenerateResponse> => {
    const startedAt = performance.now();
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    const stored = await findStored(tools.cache, tools.config.cacheTtlSeconds, chat, request.policy, context);
    traceCache(call.trace, stored.state);
    if (stored.answer?.report !== undefined) {
      return { ...stored.answer, report: storedReport(stored.answer.report, context.requestId, call) };
    }
    const prepared = prepareRequest(tools, chatSubject(chat, context, request.policy, false));
    try {
      const answer = await answerFrom(tools, prepared, chat, call, startedAt, stored.state);
      stored.keep(answer);
      keepForDegraded(tools.degrade, prepared, chat, answer);
      return answer;
    } catch (thrown) {
      const degraded = await degradedAnswer(tools.degrade, prepared, chat, thrown, call);
      if (degraded === undefined) throw thrown;
      return degraded;
    }
  };
}

async function answerFrom(
  tools: GenerateTools,
  prepared: Prepared,
  chat: ChatRequest,
  call: CallContext,
  startedAt: number,
  cache: Parameters<typeof reportOf>[2],
): Promise<GenerateResponse> {
  const routed = await routeRequest(tools, prepared, call);
  const { plan, account } = routed;
  const { strict } = prepared.subject.context;
  try {
    const executed = await tools.execution.execute({ account, plan, chat: capOutput(chat, routed.outputCap), strict }, call);
    concludeRequest(tools, prepared, routed, { outcome: executed.outcome }, startedAt, call);
    const report = reportOf(routed, executed.outcome, cache, executed.chat?.adaptations ?? [], call);
    const answer = create(GenerateResponseSchema, { report });
    if (executed.chat !== undefined) answer.chat = executed.chat;
    return answer;
  } catch (thrown) {
    concludeRequest(tools, prepared, routed, { thrown }, startedAt, call);
    throw thrown;
  }
}

/** The chat of a request, which the contract requires. */
export function chatOf(request: { readonly chat?: ChatRequest | undefined }): ChatRequest {
  if (request.chat === undefined) throw invalidField("chat", "value is required", "required");
  return request.chat;
}

/** A chat as routing sees it. */
export function chatSubject(chat: ChatRequest, context: RequestContext, policy: RoutingPolicy | undefined, streaming: boolean): RoutingSubject {
  const { model, maxOutputTokens } = chat;
  const toolNames = chat.tools.map(({ name }) => name);
  const pins = pinsOf(chat, context.strict);
  return { kind: ModelKind.CHAT, model, analyzed: analyzeRequest(chat), toolNames, streaming, maxOutputTokens, context, policy, pins };
}

/** A chat whose answer a budget keeps short. */
export function capOutput(chat: ChatRequest, cap: number | undefined): ChatRequest {
  return cap === undefined ? chat : { ...chat, maxOutputTokens: cap };
}
