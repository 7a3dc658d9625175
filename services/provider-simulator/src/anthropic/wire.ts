import type { IncomingHttpHeaders } from "node:http";
import { jsonReply, type Reply } from "../http/reply.ts";
import { type JsonObject, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Operation, Simulation, Wire } from "../wire.ts";
import { checkMessages } from "./check-messages.ts";
import { invalid, refuse } from "./errors.ts";
import { answerMessage } from "./message.ts";
import { readModel, tooLong } from "./messages-question.ts";
import { anthropicModels, describeModel } from "./models.ts";
import { PromptCache } from "./prompt-cache.ts";
import { readPrompt } from "./prompt.ts";
import { createRateLimitHeaders } from "./rate-limit-headers.ts";

const ONE_MODEL = "/v1/models/";

/** Anthropic: messages, the counting of tokens, and models. */
export function createAnthropicWire(simulation: Simulation): Wire {
  const cache = new PromptCache();
  const rateLimitHeaders = createRateLimitHeaders();
  const operations = new Map<string, Operation>([
    ["POST /v1/messages", { answer: (call) => answerMessage(call, simulation, cache) }],
    ["POST /v1/messages/count_tokens", { answer: countTokens }],
    ["GET /v1/models", { probe: true, answer: listModels }],
  ]);
  return {
    provider: "anthropic",
    prefix: "/anthropic",
    basePath: "/anthropic",
    models: anthropicModels,
    admit,
    refuse,
    operation: (method, path) => operations.get(`${method} ${path}`) ?? oneModel(method, path),
    headers: (requestId) => [...rateLimitHeaders(simulation.now()), "request-id", `req_${requestId}`],
  };
}

function admit(headers: IncomingHttpHeaders): Refusal | undefined {
  const key = textOf(headers["x-api-key"])?.trim() ?? "";
  if (key === "" && !/^Bearer +\S/i.test(headers.authorization ?? "")) {
    return new Refusal("unauthenticated", "x-api-key header is required");
  }
  return headers["anthropic-version"] === undefined ? invalid("anthropic-version: header is required") : undefined;
}

function countTokens({ body }: Call): Reply | Refusal {
  const model = readModel(body);
  if (model instanceof Refusal) return model;
  const refusal = checkCounted(body) ?? checkMessages(body["messages"]);
  if (refusal !== undefined) return refusal;
  const { tokens } = readPrompt(body);
  return tokens > model.contextTokens ? tooLong(tokens, model.contextTokens) : jsonReply({ input_tokens: tokens });
}

/** What does not bear on the prompt has no place in the counting of its tokens. */
function checkCounted(body: JsonObject): Refusal | undefined {
  const extra = ["max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata"].find((name) => name in body);
  return extra === undefined ? undefined : invalid(`${extra}: Extra inputs are not permitted`);
}

function listModels(): Reply {
  const data = anthropicModels.profiles.map((profile) => describeModel(profile, profile.snapshot));
  return jsonReply({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}

function oneModel(method: string, path: string): Operation | undefined {
  if (method !== "GET" || !path.startsWith(ONE_MODEL)) return undefined;
  const model = path.slice(ONE_MODEL.length);
  const profile = anthropicModels.find(model);
  const refusal = new Refusal("unknown_model", `model: ${model.slice(0, 200)}`);
  return { model, probe: true, answer: () => (profile === undefined ? refusal : jsonReply(describeModel(profile, model))) };
}
