import { embedText } from "../answer/embed-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { numberOf, textsOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readModel } from "./chat-question.ts";
import { invalid } from "./errors.ts";

/** POST /api/embed */
export function answerEmbed({ body, deployment }: Call, simulation: Simulation): Reply | Refusal {
  const model = readModel(body);
  if (model instanceof Refusal) return model;
  if (model.kind !== "embedding") return invalid("this model does not support embeddings");
  const texts = textsOf(body["input"]);
  const counts = texts.map(countTokens);
  if (body["truncate"] === false && counts.some((count) => count > model.contextTokens)) {
    return new Refusal("context_exceeded", "the input length exceeds the context length");
  }
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const size = Math.min(numberOf(body["dimensions"]) ?? model.dimensions, model.dimensions);
  const embeddings = texts.map((text) => [...embedText(text, model.id, model.dimensions, size)]);
  const timing = timingOf(simulation.settingsOf(model, deployment), tokens);
  return jsonReply(
    {
      model: body["model"],
      embeddings,
      total_duration: 1_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: tokens,
    },
    timing,
  );
}
