import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { type GenerateRequest, type GenerateResponse, GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import type { CallContext, Client } from "@fairlead/rpc/call";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { ResponseCache } from "@fairlead/state/response-cache";
import { reportOf, storedReport } from "../report.ts";
import { termsOf } from "../request-context.ts";
import { type RoutingSubject, type RoutingTools, routeRequest } from "../route-request.ts";
import { findStored } from "../stored-answers.ts";

/** What answering needs beside routing. */
export interface GenerateTools extends RoutingTools {
  readonly execution: Client<typeof ExecutionService>;
  readonly cache: ResponseCache;
}

/** Chooses a target, has it asked, and says how the answer was made. */
export function generate(tools: GenerateTools) {
  return async (request: GenerateRequest, given: CallContext): Promise<GenerateResponse> => {
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    const stored = await findStored(tools.cache, tools.config.cacheTtlSeconds, chat, request.policy, context);
    if (stored.answer?.report !== undefined) {
      return { ...stored.answer, report: storedReport(stored.answer.report, context.requestId, call) };
    }
    const routed = await routeRequest(tools, chatSubject(chat, context, request.policy, false), call);
    const { plan, account } = routed;
    const executed = await tools.execution.execute({ account, plan, chat: capOutput(chat, routed.outputCap), strict: context.strict }, call);
    const report = reportOf(routed, executed.outcome, stored.state, executed.chat?.adaptations ?? [], call);
    const answer = create(GenerateResponseSchema, { report });
    if (executed.chat !== undefined) answer.chat = executed.chat;
    stored.keep(answer);
    return answer;
  };
}

/** The chat of a request, which the contract requires. */
export function chatOf(request: { readonly chat?: ChatRequest | undefined }): ChatRequest {
  if (request.chat === undefined) throw invalidField("chat", "value is required", "required");
  return request.chat;
}

/** A chat as routing sees it. */
export function chatSubject(chat: ChatRequest, context: RequestContext, policy: RoutingPolicy | undefined, streaming: boolean): RoutingSubject {
  const { model, maxOutputTokens } = chat;
  return { kind: ModelKind.CHAT, model, analyzed: analyzeRequest(chat), streaming, maxOutputTokens, context, policy };
}

/** A chat whose answer a budget keeps short. */
export function capOutput(chat: ChatRequest, cap: number | undefined): ChatRequest {
  return cap === undefined ? chat : { ...chat, maxOutputTokens: cap };
}
