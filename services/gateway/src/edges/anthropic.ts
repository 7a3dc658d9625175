import { EventEncoder } from "@fairlead/dialects/anthropic/event-encoder";
import { fromChatResponse } from "@fairlead/dialects/anthropic/from-chat-response";
import { parseMessagesBody } from "@fairlead/dialects/anthropic/messages-body";
import { toChatRequest } from "@fairlead/dialects/anthropic/to-chat-request";
import type { Route } from "../http/router-table.ts";
import { type ChatDialect, chatEdge, type EdgeTools } from "./chat-edge.ts";

const dialect: ChatDialect = {
  parse(json, terms) {
    const body = parseMessagesBody(json);
    return body.kind === "invalid" ? body : toChatRequest(body.value, terms);
  },
  answer: fromChatResponse,
  encoder: (_, facts) => new EventEncoder(facts),
};

/** Anthropic's paths: messages. */
export function anthropicRoutes(edge: EdgeTools): Route[] {
  return [{ method: "POST", path: "/v1/messages", errors: "anthropic", handle: chatEdge(dialect, edge) }];
}
