import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ResponseEncoder } from "@fairlead/dialects/responses/event-encoder";
import { RESPONSES_FIELD_NAMES } from "@fairlead/dialects/responses/field-names";
import { fromChatResponse } from "@fairlead/dialects/responses/from-chat-response";
import { parseResponsesBody } from "@fairlead/dialects/responses/responses-body";
import { type ResponsesCall, toChatRequest } from "@fairlead/dialects/responses/to-chat-request";
import { failure } from "@fairlead/rpc/fairlead-error";
import { respondJson } from "../http/respond.ts";
import type { Route } from "../http/router-table.ts";
import { callerTerms } from "./caller-terms.ts";
import { type ChatDialect, chatEdge, type EdgeTools, readCall } from "./chat-edge.ts";

const dialect: ChatDialect<ResponsesCall> = {
  parse(json, terms) {
    const body = parseResponsesBody(json);
    return body.kind === "invalid" ? body : toChatRequest(body.value, terms);
  },
  answer: fromChatResponse,
  fieldNames: RESPONSES_FIELD_NAMES,
  encoder: (call, facts) => new ResponseEncoder(facts, call),
};

/** Paths of answers that are kept, which this mesh does not do. */
const KEPT: readonly (readonly [Route["method"], string])[] = [
  ["GET", "/v1/responses/{response_id}"],
  ["DELETE", "/v1/responses/{response_id}"],
  ["POST", "/v1/responses/{response_id}/cancel"],
  ["GET", "/v1/responses/{response_id}/input_items"],
];

/** Paths of OpenAI's Responses API. */
export function responsesRoutes(edge: EdgeTools): Route[] {
  return [
    { method: "POST", path: "/v1/responses", errors: "openai", handle: chatEdge(dialect, edge) },
    {
      method: "POST",
      path: "/v1/responses/input_tokens",
      errors: "openai",
      async handle(exchange) {
        const { chat, context, policy } = await readCall(exchange, dialect.parse, edge);
        const terms = callerTerms(RESPONSES_FIELD_NAMES, chat.unknownFields);
        const { inputTokens, estimated } = await terms.telling(edge.router.countTokens({ chat, context, policy }, exchange.call));
        const body = { object: "response.input_tokens", input_tokens: inputTokens, ...(estimated ? { estimated: true } : {}) };
        respondJson(exchange.response, 200, body);
      },
    },
    ...KEPT.map(([method, path]): Route => ({ method, path, errors: "openai", handle: () => Promise.reject(notKept()) })),
  ];
}

function notKept() {
  const description = "This mesh keeps no answers; they can be read only as they are made.";
  return failure(ErrorCode.NOT_FOUND, `response_id: ${description}`, { violations: [{ field: "response_id", description, rule: "fairlead.kept" }] });
}
