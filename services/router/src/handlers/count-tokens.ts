import { create } from "@bufbuild/protobuf";
import { type CountTokensRequest, type CountTokensResponse, CountTokensResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { prepareRequest } from "../prepare-request.ts";
import { termsOf } from "../request-context.ts";
import { decideOnly } from "../route-request.ts";
import { chatOf, chatSubject, type GenerateTools } from "./generate.ts";

/** Counts the tokens of a prompt where it would be answered. It costs nothing, so nothing is reserved, learned or balanced. */
export function countTokens(tools: GenerateTools) {
  return async (request: CountTokensRequest, given: CallContext): Promise<CountTokensResponse> => {
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    const prepared = prepareRequest(tools, chatSubject(chat, context, request.policy, false));
    const plan = decideOnly(tools, prepared, call);
    const { requestId } = context;
    const { inputTokens, estimated, provider, model } = await tools.execution.executeCountTokens({ plan, chat, requestId }, call);
    return create(CountTokensResponseSchema, { inputTokens, estimated, provider, model });
  };
}
