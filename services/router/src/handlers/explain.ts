import { create } from "@bufbuild/protobuf";
import { type ExplainRequest, ExplainResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { termsOf } from "../request-context.ts";
import { decide, type RoutingTools } from "../route-request.ts";
import { chatOf, chatSubject } from "./generate.ts";

/** Tells how a request would be routed, without asking anyone and for nothing. */
export function explain(tools: RoutingTools) {
  return async (request: ExplainRequest, given: CallContext) => {
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    const { decision } = decide(tools, chatSubject(chat, context, request.policy, false), call);
    return create(ExplainResponseSchema, { decision });
  };
}
