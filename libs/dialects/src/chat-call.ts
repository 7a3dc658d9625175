import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";

/** A caller's request for a chat answer, whatever dialect it was written in. */
export interface ChatCall {
  readonly chat: ChatRequest;
  readonly context: RequestContext;
  readonly policy: RoutingPolicy;
  /** True when the answer is to be streamed. */
  readonly stream: boolean;
  /** True when a stream is to tell what was used. */
  readonly includeUsage: boolean;
}
