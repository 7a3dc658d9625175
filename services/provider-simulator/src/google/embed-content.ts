import { embedText } from "../answer/embed-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { isObject, type JsonObject, listOf, numberOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { checkContext, readModel } from "./content-question.ts";
import { field } from "./either-case.ts";
import { invalid } from "./errors.ts";
import { textOfContent } from "./prompt.ts";

const MOST_REQUESTS = 100;

/** POST /v1beta/models/{model}:embedContent */
export function answerEmbedding(modelId: string, { body, deployment }: Call, simulation: Simulation): Reply | Refusal {
  const model = readModel(modelId, "embedding", "embedContent");
  if (model instanceof Refusal) return model;
  const embedding = embed(model, body);
  if (embedding instanceof Refusal) return embedding;
  const timing = timingOf(simulation.settingsOf(model, deployment), countTokens(textOfContent(body["content"])));
  return jsonReply({ embedding }, timing);
}

/** POST /v1beta/models/{model}:batchEmbedContents */
export function answerEmbeddings(modelId: string, { body, deployment }: Call, simulation: Simulation): Reply | Refusal {
  const model = readModel(modelId, "embedding", "batchEmbedContents");
  if (model instanceof Refusal) return model;
  const requests = listOf(body["requests"]).filter(isObject);
  if (requests.length === 0) return invalid("* BatchEmbedContentsRequest.requests: requests is not specified\n");
  if (requests.length > MOST_REQUESTS)
    return invalid(`* BatchEmbedContentsRequest.requests: at most ${MOST_REQUESTS} requests can be in one batch\n`);
  const embeddings = requests.map((request) => embed(model, request));
  const refusal = embeddings.find((embedding) => embedding instanceof Refusal);
  if (refusal !== undefined) return refusal;
  return jsonReply({ embeddings }, timingOf(simulation.settingsOf(model, deployment), requests.length));
}

function embed(model: ModelProfile, request: JsonObject): { readonly values: readonly number[] } | Refusal {
  const text = textOfContent(request["content"]);
  if (text === "") return invalid("* EmbedContentRequest.content: content is not specified\n");
  const dimensions = numberOf(field(request, "outputDimensionality")) ?? model.dimensions;
  if (dimensions < 1 || dimensions > model.dimensions) {
    return invalid(`* EmbedContentRequest.output_dimensionality: must be between 1 and ${model.dimensions}\n`);
  }
  const refusal = checkContext(model, countTokens(text));
  return refusal ?? { values: [...embedText(text, model.id, model.dimensions, dimensions)] };
}
