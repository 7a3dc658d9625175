import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { parseChatBody } from "@fairlead/dialects/openai/chat-body";
import { ChunkEncoder } from "@fairlead/dialects/openai/chunk-encoder";
import { parseEmbeddingBody } from "@fairlead/dialects/openai/embedding-body";
import { CHAT_FIELD_NAMES } from "@fairlead/dialects/openai/field-names";
import { fromChatResponse } from "@fairlead/dialects/openai/from-chat-response";
import { fromEmbedResponse } from "@fairlead/dialects/openai/from-embed-response";
import { toModelList } from "@fairlead/dialects/openai/model-list";
import { toChatRequest } from "@fairlead/dialects/openai/to-chat-request";
import { readRequestHeaders } from "@fairlead/dialects/request-headers";
import { toReportHeaders } from "@fairlead/dialects/report-headers";
import { failure } from "@fairlead/rpc/fairlead-error";
import { readJson } from "../http/read-json.ts";
import { respondJson } from "../http/respond.ts";
import type { Route } from "../http/router-table.ts";
import { byClient, listAnthropicModels, tellAnthropicModel } from "./anthropic-models.ts";
import { callerTerms } from "./caller-terms.ts";
import { accepted, type ChatDialect, chatEdge, type EdgeTools, routingHeaders } from "./chat-edge.ts";

const dialect: ChatDialect = {
  parse(json, terms) {
    const body = parseChatBody(json);
    return body.kind === "invalid" ? body : toChatRequest(body.value, terms);
  },
  answer: fromChatResponse,
  fieldNames: CHAT_FIELD_NAMES,
  encoder: (call, facts) => new ChunkEncoder({ ...facts, includeUsage: call.includeUsage }),
};

/** OpenAI's paths: chat completions, embeddings and models. */
export function openAiRoutes(edge: EdgeTools): Route[] {
  const startedAt = Math.floor(edge.tools.now() / 1000);
  const listed = async (call: Parameters<typeof edge.router.listModels>[1]) => toModelList(await edge.router.listModels({}, call), startedAt);
  return [
    { method: "POST", path: "/v1/chat/completions", errors: "openai", handle: chatEdge(dialect, edge) },
    {
      method: "POST",
      path: "/v1/embeddings",
      errors: "openai",
      async handle({ request, response, requestId, call }) {
        const terms = accepted(readRequestHeaders(request.headers));
        const { request: asked, encoding } = accepted(parseEmbeddingBody(await readJson(request, edge.maxBodyBytes), terms));
        if (asked.context !== undefined) {
          asked.context.headers = routingHeaders(request.headers, edge.routingHeaders);
          asked.context.requestId ||= requestId;
        }
        const named = callerTerms(CHAT_FIELD_NAMES, asked.input?.unknownFields ?? []);
        const answer = await named.telling(edge.router.embed(asked, call));
        if (answer.report !== undefined) answer.report = named.report(answer.report);
        if (answer.output !== undefined) answer.output.adaptations = named.adaptations(answer.output.adaptations);
        respondJson(response, 200, fromEmbedResponse(answer, encoding), answer.report === undefined ? {} : toReportHeaders(answer.report));
      },
    },
    {
      method: "GET",
      path: "/v1/models",
      errors: "openai",
      handle: byClient(listAnthropicModels(edge), async ({ response, call }) => respondJson(response, 200, await listed(call))),
    },
    {
      method: "GET",
      path: "/v1/models/{model+}",
      errors: "openai",
      handle: byClient(tellAnthropicModel(edge), async ({ response, call, parameters }) => {
        const found = (await listed(call)).data.find(({ id }) => id === parameters["model"]);
        if (found === undefined) throw modelNotFound();
        respondJson(response, 200, found);
      }),
    },
  ];
}

function modelNotFound() {
  const description = "No provider of this mesh offers this model.";
  return failure(ErrorCode.MODEL_NOT_FOUND, `model: ${description}`, { violations: [{ field: "model", description, rule: "fairlead.routing" }] });
}
