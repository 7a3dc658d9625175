import type { IncomingHttpHeaders } from "node:http";
import { jsonReply, type Reply } from "../http/reply.ts";
import { Refusal } from "../refusal.ts";
import type { Operation, Simulation, Wire } from "../wire.ts";
import { answerChat } from "./chat-completion.ts";
import { answerEmbeddings } from "./embeddings.ts";
import { refuse } from "./errors.ts";
import { describeModel, openAiModels } from "./models.ts";
import { PromptCache } from "./prompt-cache.ts";
import { ResponseMemory } from "./response-memory.ts";
import { answerResponse, countInputTokens } from "./responses.ts";

const ONE_MODEL = "/v1/models/";

/** OpenAI: chat completions, responses, embeddings and models. */
export function createOpenAiWire(simulation: Simulation): Wire {
  const cache = new PromptCache();
  const memory = new ResponseMemory();
  const operations = new Map<string, Operation>([
    ["POST /v1/chat/completions", { answer: (call) => answerChat(call, simulation, cache) }],
    ["POST /v1/responses", { answer: (call) => answerResponse(call, simulation, cache, memory) }],
    ["POST /v1/responses/input_tokens", { answer: (call) => countInputTokens(call, memory) }],
    ["POST /v1/embeddings", { answer: (call) => answerEmbeddings(call, simulation) }],
    ["GET /v1/models", { probe: true, answer: listModels }],
  ]);
  return {
    provider: "openai",
    prefix: "/openai",
    basePath: "/openai/v1",
    models: openAiModels,
    admit,
    refuse,
    headers,
    operation: (method, path) => operations.get(`${method} ${path}`) ?? oneModel(method, path),
  };
}

function admit({ authorization }: IncomingHttpHeaders): Refusal | undefined {
  if (authorization !== undefined && /^Bearer +\S/i.test(authorization)) return undefined;
  const message = "You didn't provide an API key. Send it in an Authorization header (Authorization: Bearer YOUR_KEY).";
  return new Refusal("unauthenticated", message);
}

function listModels(): Reply {
  return jsonReply({ object: "list", data: openAiModels.profiles.map(describeModel) });
}

function oneModel(method: string, path: string): Operation | undefined {
  if (method !== "GET" || !path.startsWith(ONE_MODEL)) return undefined;
  const model = path.slice(ONE_MODEL.length);
  return { model, probe: true, answer: () => describe(model) };
}

function describe(id: string): Reply | Refusal {
  const profile = openAiModels.find(id);
  if (profile !== undefined) return jsonReply(describeModel({ id, created: profile.created }));
  return new Refusal("unknown_model", `The model '${id.slice(0, 200)}' does not exist`, { param: "model" });
}

function headers(requestId: string): string[] {
  return [
    "openai-version",
    "2020-10-01",
    "openai-processing-ms",
    "10",
    "x-ratelimit-limit-requests",
    "10000",
    "x-ratelimit-limit-tokens",
    "2000000",
    "x-ratelimit-remaining-requests",
    "9999",
    "x-ratelimit-remaining-tokens",
    "1999500",
    "x-ratelimit-reset-requests",
    "6ms",
    "x-ratelimit-reset-tokens",
    "15ms",
    "x-request-id",
    `req_${requestId}`,
  ];
}
