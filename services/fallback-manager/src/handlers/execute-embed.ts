import { create } from "@bufbuild/protobuf";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type ExecuteEmbedRequest,
  type ExecuteEmbedResponse,
  ExecuteEmbedResponseSchema,
} from "@fairlead/contracts/execution/v1/execution_service";
import { analyzeTexts } from "@fairlead/decision/analysis/analyze-texts";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { Execution } from "../execution.ts";
import type { ExecutionTools } from "../execution-tools.ts";
import { missingPart } from "./execute.ts";

/** Tries the attempts of a plan until one returns vectors. */
export function executeEmbed(tools: ExecutionTools) {
  return async (request: ExecuteEmbedRequest, context: CallContext): Promise<ExecuteEmbedResponse> => {
    const { account, plan, input, strict } = request;
    if (account === undefined || plan === undefined || input === undefined) throw missingPart();
    const execution = new Execution(tools, account, plan, context);
    let succeeded = false;
    try {
      const output = await execution.run(async (attempt) => {
        attempt.watchdog.expect(plan.limits?.attemptMs ?? 0, "The answer");
        attempt.estimates(() => create(TokenUsageSchema, { inputTokens: analyzeTexts(input).analysis.inputTokens, estimated: true }));
        const { askedModel: model, planned: { deployment } } = attempt;
        const asked = { requestId: account.requestId, input: { ...input, model }, deployment, strict };
        const response = await attempt.client.embed(asked, attempt.context);
        if (response.output?.usage === undefined) throw failure(ErrorCode.MALFORMED_ANSWER, "The adapter gave no vectors with usage.");
        attempt.used(response.output.usage);
        attempt.end();
        return response.output;
      });
      succeeded = true;
      return create(ExecuteEmbedResponseSchema, { output, outcome: execution.outcome() });
    } finally {
      execution.finish(succeeded);
    }
  };
}
