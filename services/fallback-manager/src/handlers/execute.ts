import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type ExecuteRequest, type ExecuteResponse, ExecuteResponseSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { Execution, type ExecutionTools } from "../execution.ts";

/** Tries the attempts of a plan until one answers. */
export function execute(tools: ExecutionTools) {
  return async (request: ExecuteRequest, context: CallContext): Promise<ExecuteResponse> => {
    const { account, plan, chat } = request;
    if (account === undefined || plan === undefined || chat === undefined) throw missingPart();
    const execution = new Execution(tools, account, plan, context);
    let succeeded = false;
    try {
      const answer = await execution.run(async (attempt) => {
        attempt.watchdog.expect(plan.limits?.attemptMs ?? 0, "The answer");
        const asked = { ...chat, model: attempt.planned.model };
        const response = await attempt.client.chat({ requestId: account.requestId, chat: asked, strict: request.strict }, attempt.context);
        const answered = response.chat;
        if (answered?.usage === undefined) throw failure(ErrorCode.MALFORMED_ANSWER, "The adapter gave no answer with usage.");
        attempt.used(answered.usage);
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

/** The refusal of a request without a part that the contract requires. */
export function missingPart() {
  return failure(ErrorCode.INVALID_REQUEST, "account, plan and what to ask are required.");
}
