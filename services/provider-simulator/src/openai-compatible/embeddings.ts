import { embedText } from "../answer/embed-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { textOf, textsOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import type { CompatibleServer } from "./server.ts";

/** Vectors of texts, as lists of numbers. */
export function answerEmbeddings(
  { body, deployment }: Call,
  server: CompatibleServer,
  simulation: Simulation,
): Reply | Refusal {
  const name = textOf(body["model"]) ?? "";
  const profile = server.models.find(name);
  if (profile?.kind !== "embedding") return new Refusal("unknown_model", `Invalid model: ${name.slice(0, 200)}`);
  const texts = textsOf(body["input"]);
  if (texts.length === 0) return server.refuseField("input");
  const { id, dimensions } = profile;
  const data = texts.map((text, index) => ({
    object: "embedding",
    index,
    embedding: [...embedText(text, id, dimensions, dimensions)],
  }));
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0 };
  return jsonReply(
    { id: simulation.nextId(), object: "list", data, model: name, usage },
    timingOf(simulation.settingsOf(profile, deployment), tokens),
  );
}
