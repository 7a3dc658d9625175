import type { IncomingHttpHeaders } from "node:http";
import { jsonReply, type Reply } from "../http/reply.ts";
import { objectOf, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Operation, Simulation, Wire } from "../wire.ts";
import { answerContent } from "./content.ts";
import { field } from "./either-case.ts";
import { answerEmbedding, answerEmbeddings } from "./embed-content.ts";
import { refuse } from "./errors.ts";
import { describeModel, googleModels } from "./models.ts";
import { readPrompt } from "./prompt.ts";

const MODELS_PATH = /^\/v1(?:beta|alpha)?\/models(?:\/([^/:]+))?(?::([A-Za-z]+))?$/;

/** Google: content, embeddings, the counting of tokens, and models of the Gemini API. */
export function createGoogleWire(simulation: Simulation): Wire {
  return {
    provider: "google",
    prefix: "/google",
    basePath: "/google",
    models: googleModels,
    admit,
    refuse,
    headers,
    operation: (method, path) => findOperation(method, path, simulation),
  };
}

function findOperation(method: string, path: string, simulation: Simulation): Operation | undefined {
  const [matched, model, verb] = MODELS_PATH.exec(path) ?? [];
  if (matched === undefined) return undefined;
  if (method === "GET" && verb === undefined) {
    return model === undefined ? { probe: true, answer: listModels } : { model, probe: true, answer: () => oneModel(model) };
  }
  const answer = model === undefined || method !== "POST" ? undefined : methodOf(verb, model, simulation);
  return answer && { model, answer };
}

function methodOf(verb: string | undefined, model: string, simulation: Simulation): Operation["answer"] | undefined {
  switch (verb) {
    case "generateContent":
      return (call) => answerContent(model, false, call, simulation);
    case "streamGenerateContent":
      return (call) => answerContent(model, true, call, simulation);
    case "embedContent":
      return (call) => answerEmbedding(model, call, simulation);
    case "batchEmbedContents":
      return (call) => answerEmbeddings(model, call, simulation);
    case "countTokens":
      return (call) => countTokens(model, call);
    default:
      return undefined;
  }
}

function admit(headers: IncomingHttpHeaders, query: string): Refusal | undefined {
  if ((textOf(headers["x-goog-api-key"])?.trim() ?? "") !== "") return undefined;
  if ((new URLSearchParams(query).get("key") ?? "") !== "") return undefined;
  return new Refusal("unauthenticated", "API key not valid. Please pass a valid API key.");
}

function countTokens(model: string, { body }: Call): Reply | Refusal {
  if (googleModels.find(model) === undefined) return unknownModel(model);
  const { tokens } = readPrompt(objectOf(field(body, "generateContentRequest")) ?? body);
  return jsonReply({ totalTokens: tokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }] });
}

function listModels(): Reply {
  return jsonReply({ models: googleModels.profiles.map(describeModel) });
}

function oneModel(id: string): Reply | Refusal {
  const profile = googleModels.find(id);
  return profile === undefined ? unknownModel(id) : jsonReply(describeModel(profile));
}

function unknownModel(id: string): Refusal {
  return new Refusal("unknown_model", `models/${id.slice(0, 200)} is not found for API version v1beta.`);
}

function headers(requestId: string): string[] {
  return ["server", "scaffolding on HTTPServer2", "server-timing", "gfet4t7; dur=10", "x-goog-request-id", requestId];
}
