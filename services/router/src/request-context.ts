import { create } from "@bufbuild/protobuf";
import { type RequestContext, RequestContextSchema } from "@fairlead/contracts/routing/v1/request_context";
import type { CallContext } from "@fairlead/rpc/call";
import type { ServiceTools } from "@fairlead/runtime/service";
import { withTraceId } from "@fairlead/runtime/trace-identity";
import { unimplemented } from "./route-request.ts";
import { traceTerms } from "./trace-request.ts";

/** A request's terms with everything that was left open filled in, and its call with a trace id. */
export interface Terms {
  readonly context: RequestContext;
  readonly call: CallContext;
}

/** Tenant of requests that name none. */
export const DEFAULT_TENANT = "default";

/**
 * Fills in what a request leaves open.
 *
 * @throws FairleadError UNIMPLEMENTED for terms whose behaviour is not there: to ignore them would be a lie
 */
export function termsOf(given: RequestContext | undefined, call: CallContext, tools: ServiceTools): Terms {
  const context = given ?? create(RequestContextSchema);
  if (context.conversationId !== "") throw unimplemented("context.conversation_id");
  if (context.requestId === "") context.requestId = tools.newId();
  if (context.tenant === "") context.tenant = DEFAULT_TENANT;
  traceTerms(call.trace, context);
  return { context, call: { ...call, trace: withTraceId(call.trace) } };
}
