import { embedText } from "../answer/embed-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { listOf, textOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readModel } from "./chat-question.ts";
import { invalid, tooManyTokens } from "./errors.ts";

const MOST_TEXTS = 96;
const INPUT_TYPES: readonly unknown[] = ["search_document", "search_query", "classification", "clustering", "image"];
const SIZES: readonly unknown[] = [256, 512, 1_024, 1_536];

/** POST /v2/embed: texts as vectors of floats. */
export function answerEmbed({ body, deployment }: Call, simulation: Simulation): Reply | Refusal {
  const model = readModel(body, "embedding");
  if (model instanceof Refusal) return model;
  const texts = listOf(body["texts"]).map((text) => textOf(text) ?? "");
  if (texts.length === 0 || texts.some((text) => text === "")) return invalid("texts must not be empty.");
  if (texts.length > MOST_TEXTS)
    return invalid(`total number of texts must be at most ${MOST_TEXTS} - received ${texts.length}`);
  if (!INPUT_TYPES.includes(body["input_type"]))
    return invalid("valid input_type must be provided with the provided model");
  const size = body["output_dimension"] ?? model.dimensions;
  if (size !== model.dimensions && !(model.id === "embed-v4.0" && SIZES.includes(size)))
    return invalid("output_dimension is not supported for this model.");
  const counts = texts.map(countTokens);
  if (body["truncate"] === "NONE" && Math.max(...counts) > model.contextTokens) {
    return tooManyTokens(
      `total number of tokens in a text cannot exceed ${model.contextTokens} - received ${Math.max(...counts)}.`,
    );
  }
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const float = texts.map((text) => [...embedText(text, model.id, model.dimensions, size as number)]);
  const meta = { api_version: { version: "2" }, billed_units: { input_tokens: tokens } };
  const answer = { id: simulation.nextId(), embeddings: { float }, texts, meta, response_type: "embeddings_by_type" };
  return jsonReply(answer, timingOf(simulation.settingsOf(model, deployment), tokens));
}
