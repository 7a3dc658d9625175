import type { IncomingHttpHeaders } from "node:http";
import { jsonReply } from "../http/reply.ts";
import { textOf } from "../json.ts";
import { describeModel } from "../openai/models.ts";
import { PromptCache } from "../openai/prompt-cache.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Operation, Simulation, Wire, WireFactory } from "../wire.ts";
import { azure } from "./azure.ts";
import { answerChat } from "./chat-answer.ts";
import { deepseek } from "./deepseek.ts";
import { answerEmbeddings } from "./embeddings.ts";
import { mistral } from "./mistral.ts";
import type { CompatibleServer } from "./server.ts";
import { xai } from "./xai.ts";

/** Servers that speak OpenAI's chat completions, each with what it does in its own way. */
export const openAiCompatibleWires: readonly WireFactory[] = [mistral, deepseek, xai, azure].map(compatibleWire);

/** Makes the wire of a server. */
export function compatibleWire(server: CompatibleServer): WireFactory {
  return (simulation) => createWire(server, simulation);
}

function createWire(server: CompatibleServer, simulation: Simulation): Wire {
  const { provider, prefix, basePath, models, refuse } = server;
  const cache = new PromptCache();
  const answer = (call: Call, model: string | undefined) => {
    const body = model === undefined ? call.body : { ...call.body, model };
    return answerChat({ ...call, body }, server, simulation, cache);
  };
  const listModels = () => jsonReply({ object: "list", data: models.profiles.map(describeModel) });
  return {
    provider,
    prefix,
    basePath,
    models,
    refuse,
    admit: (headers) => admit(headers, server),
    headers: (requestId) => ["x-request-id", requestId],
    operation(method, path): Operation | undefined {
      if (method === "GET") return path === server.modelsPath ? { probe: true, answer: listModels } : undefined;
      if (path === server.embeddingsPath) return { answer: (call) => answerEmbeddings(call, server, simulation) };
      const found = server.chatPaths.map((pattern) => pattern.exec(path)).find((match) => match !== null);
      const model = found?.groups?.["model"];
      return found === undefined ? undefined : { model, answer: (call) => answer(call, model) };
    },
  };
}

function admit(headers: IncomingHttpHeaders, { keyHeader }: CompatibleServer): Refusal | undefined {
  const given = textOf(headers[keyHeader]) ?? "";
  const key = keyHeader === "authorization" ? /^Bearer +(\S+)/i.exec(given)?.[1] : given;
  return key === undefined || key === "" ? new Refusal("unauthenticated", "Invalid API key.") : undefined;
}
