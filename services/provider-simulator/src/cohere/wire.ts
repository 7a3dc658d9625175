import type { IncomingHttpHeaders } from "node:http";
import { jsonReply } from "../http/reply.ts";
import { Refusal } from "../refusal.ts";
import type { Operation, Simulation, Wire } from "../wire.ts";
import { answerChat } from "./chat.ts";
import { answerEmbed } from "./embed.ts";
import { refuse } from "./errors.ts";
import { cohereModels, describeModel } from "./models.ts";

/** Cohere: chat and embed of its second version, and models. */
export function createCohereWire(simulation: Simulation): Wire {
  const operations = new Map<string, Operation>([
    ["POST /v2/chat", { answer: (call) => answerChat(call, simulation) }],
    ["POST /v2/embed", { answer: (call) => answerEmbed(call, simulation) }],
    ["GET /v1/models", { probe: true, answer: ({ query }) => listModels(query) }],
    ["POST /v1/check-api-key", { probe: true, answer: () => jsonReply({ valid: true }) }],
  ]);
  return {
    provider: "cohere",
    prefix: "/cohere",
    basePath: "/cohere",
    models: cohereModels,
    admit,
    refuse,
    operation: (method, path) => operations.get(`${method} ${path}`),
    headers: (requestId) => ["x-debug-trace-id", requestId],
  };
}

function admit({ authorization = "" }: IncomingHttpHeaders): Refusal | undefined {
  return /^Bearer +\S/i.test(authorization) ? undefined : new Refusal("unauthenticated", "no api key supplied");
}

function listModels(query: string) {
  const size = Number(new URLSearchParams(query).get("page_size") ?? 20);
  return jsonReply({ models: cohereModels.profiles.slice(0, size).map(describeModel), next_page_token: null });
}
