import { create } from "@bufbuild/protobuf";
import { type ExplainRequest, ExplainResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { prepareRequest } from "../prepare-request.ts";
import { termsOf } from "../request-context.ts";
import { decide, type RoutingTools } from "../route-request.ts";
import { chatOf, chatSubject } from "./generate.ts";

/** Tells how a request would be routed, without asking anyone, for nothing, and without any effect on what follows. */
export function explain(tools: RoutingTools) {
  return async (request: ExplainRequest, given: CallContext) => {
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    const prepared = prepareRequest(tools, chatSubject(chat, context, request.policy, false));
    const { decision } = decide(tools, prepared, call, { balancing: tools.load.preview(), told: undefined });
    return create(ExplainResponseSchema, { decision });
  };
}
