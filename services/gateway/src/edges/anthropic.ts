import { readBetas } from "@fairlead/dialects/anthropic/betas";
import { toCountBody } from "@fairlead/dialects/anthropic/count-body";
import { EventEncoder } from "@fairlead/dialects/anthropic/event-encoder";
import { MESSAGES_FIELD_NAMES } from "@fairlead/dialects/anthropic/field-names";
import { fromChatResponse } from "@fairlead/dialects/anthropic/from-chat-response";
import { type MessagesBody, parseCountBody, parseMessagesBody } from "@fairlead/dialects/anthropic/messages-body";
import { toChatRequest } from "@fairlead/dialects/anthropic/to-chat-request";
import type { Parsed } from "@fairlead/dialects/parsed";
import type { Exchange, Handle } from "../http/exchange.ts";
import { respondJson } from "../http/respond.ts";
import type { Route } from "../http/router-table.ts";
import { callerTerms } from "./caller-terms.ts";
import { accepted, type ChatDialect, chatEdge, type EdgeTools, readCall } from "./chat-edge.ts";

const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

/** Anthropic's paths: messages, and the counting of their tokens. */
export function anthropicRoutes(edge: EdgeTools): Route[] {
  return [
    { method: "POST", path: "/v1/messages", errors: "anthropic", handle: async (exchange) => chatEdge(dialectOf(exchange), edge)(exchange) },
    { method: "POST", path: "/v1/messages/count_tokens", errors: "anthropic", handle: countTokens(edge) },
  ];
}

/** Features that are named in a header belong to the body: they decide what it may hold. */
function dialectOf({ request }: Exchange): ChatDialect {
  return {
    parse: parserOf(parseMessagesBody, accepted(readBetas(request.headers["anthropic-beta"]))),
    answer: fromChatResponse,
    fieldNames: MESSAGES_FIELD_NAMES,
    encoder: (_, facts) => new EventEncoder(facts),
    ping: PING,
  };
}

function parserOf(read: (json: unknown) => Parsed<MessagesBody>, betas: readonly string[]): ChatDialect["parse"] {
  return (json, terms) => {
    const body = read(json);
    return body.kind === "invalid" ? body : toChatRequest(body.value, terms, betas);
  };
}

/** Counts a prompt where it would be answered; a header tells a count that was only estimated. */
function countTokens(edge: EdgeTools): Handle {
  return async (exchange) => {
    const betas = accepted(readBetas(exchange.request.headers["anthropic-beta"]));
    const { chat, context, policy } = await readCall(exchange, parserOf(parseCountBody, betas), edge);
    const terms = callerTerms(MESSAGES_FIELD_NAMES, chat.unknownFields);
    const counted = await terms.telling(edge.router.countTokens({ chat, context, policy }, exchange.call));
    respondJson(exchange.response, 200, toCountBody(counted, context.requestId), { "x-fairlead-estimated": String(counted.estimated) });
  };
}
