import { jsonReply, type Reply } from "../http/reply.ts";
import { textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Operation, Simulation, Wire } from "../wire.ts";
import { readModel } from "./chat-question.ts";
import { answerChat } from "./chat.ts";
import { answerEmbed } from "./embed.ts";
import { refuse } from "./errors.ts";
import { listModel, ollamaModels, showModel } from "./models.ts";

/** Ollama: chat and embeddings of its own API, and what a server tells of its models. It wants no key. */
export function createOllamaWire(simulation: Simulation): Wire {
  const operations = new Map<string, Operation>([
    ["POST /api/chat", { answer: (call) => answerChat(call, simulation) }],
    ["POST /api/embed", { answer: (call) => answerEmbed(call, simulation) }],
    ["GET /api/tags", { probe: true, answer: () => jsonReply({ models: ollamaModels.profiles.map(listModel) }) }],
    ["POST /api/show", { probe: true, answer: show }],
    ["GET /api/version", { probe: true, answer: () => jsonReply({ version: "0.32.9" }) }],
  ]);
  return {
    provider: "ollama",
    prefix: "/ollama",
    basePath: "/ollama",
    models: ollamaModels,
    admit: () => undefined,
    refuse,
    operation: (method, path) => operations.get(`${method} ${path}`),
    headers: () => [],
  };
}

function show({ body }: Call): Reply | Refusal {
  const model = readModel({ model: textOf(body["model"]) ?? body["name"] });
  return model instanceof Refusal ? model : jsonReply(showModel(model));
}
