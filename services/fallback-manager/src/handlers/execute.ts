import { create } from "@bufbuild/protobuf";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import { type TokenUsage, TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type ExecuteRequest, type ExecuteResponse, ExecuteResponseSchema } from "@fairlead/contracts/execution/v1/execution_service";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { type AnswerView, viewAnswers } from "@fairlead/decision/checks/view-answer";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AnswerChecker, brokenEmulation, type CheckResult, createAnswerChecker, hasEmulatedForm, rejection } from "../answer-checks.ts";
import { Execution } from "../execution.ts";
import type { ExecutionTools } from "../execution-tools.ts";

/** Tries the attempts of a plan until one answers and its answer passes the plan's checks. */
export function execute(tools: ExecutionTools) {
  return async (request: ExecuteRequest, context: CallContext): Promise<ExecuteResponse> => {
    const { account, plan, chat } = request;
    if (account === undefined || plan === undefined || chat === undefined) throw missingPart();
    const execution = new Execution(tools, account, plan, context);
    let succeeded = false;
    try {
      const checker = createAnswerChecker(plan.checks, chat, tools.schemas);
      const answer = await execution.run(async (attempt) => {
        attempt.watchdog.expect(plan.limits?.attemptMs ?? 0, "The answer");
        attempt.estimates(() => expectedUsage(chat));
        const { askedModel: model, planned: { deployment } } = attempt;
        const asked = { requestId: account.requestId, chat: { ...chat, model }, strict: request.strict, deployment };
        const response = await attempt.client.chat(asked, attempt.context);
        const answered = response.chat;
        if (answered?.usage === undefined) throw failure(ErrorCode.MALFORMED_ANSWER, "The adapter gave no answer with usage.");
        attempt.used(answered.usage);
        const isEmulated = plan.checks?.structuredOutput !== true && hasEmulatedForm(answered);
        const result = judge(answered, checker, isEmulated ? (views) => brokenEmulation(chat, views, tools.schemas) : undefined);
        if (result !== undefined) attempt.judged(result);
        if (result?.failed !== undefined) throw rejection(result.reason);
        attempt.end();
        return answered;
      });
      succeeded = true;
      return create(ExecuteResponseSchema, { chat: answer, outcome: execution.outcome() });
    } finally {
      execution.finish(succeeded);
    }
  };
}

/**
 * What the plan's checks say of an answer, and where they say nothing against it, what its form lacks.
 *
 * @param brokenForm why a form that the plan does not check is broken; undefined: there is none to look at
 */
function judge(
  answer: ChatResponse,
  checker: AnswerChecker | undefined,
  brokenForm: ((views: readonly AnswerView[]) => string | undefined) | undefined,
): CheckResult | undefined {
  if (checker === undefined && brokenForm === undefined) return undefined;
  const views = viewAnswers(answer);
  const result = checker?.check(views);
  if (result?.failed !== undefined) return result;
  const reason = brokenForm?.(views);
  return reason === undefined ? result : { failed: "structured_output", reason, score: result?.score };
}

/** What a call that was called off is taken to have used: providers finish, and bill, answers that are not streamed. */
function expectedUsage(chat: ChatRequest): TokenUsage {
  const { inputTokens, outputTokens } = analyzeRequest(chat).analysis;
  return create(TokenUsageSchema, { inputTokens, outputTokens, estimated: true });
}

/** The refusal of a request without a part that the contract requires. */
export function missingPart() {
  return failure(ErrorCode.INVALID_REQUEST, "account, plan and what to ask are required.");
}
