import { embedText } from "../answer/embed-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { type JsonObject, numberOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { checkContext, checkModel, checkRange } from "./check-model.ts";
import { invalidValue, missing } from "./errors.ts";

const MOST_INPUTS = 2_048;

/** POST /embeddings: texts or arrays of token numbers, as floats or as base64 of little-endian 32-bit floats. */
export function answerEmbeddings(call: Call, simulation: Simulation): Reply | Refusal {
  const { body } = call;
  const profile = checkModel(body, "embedding");
  if (profile instanceof Refusal) return profile;
  const inputs = readInputs(body);
  if (inputs instanceof Refusal) return inputs;
  const counts = inputs.map(countTokens);
  const refusal =
    checkRange(body, "dimensions", 1, profile.dimensions) ?? checkContext(profile, Math.max(...counts), "input");
  if (refusal !== undefined) return refusal;
  const dimensions = numberOf(body["dimensions"]) ?? profile.dimensions;
  const encode = body["encoding_format"] === "base64" ? toBase64 : (vector: Float32Array) => [...vector];
  const data = inputs.map((input, index) => {
    return {
      object: "embedding",
      index,
      embedding: encode(embedText(input, profile.id, profile.dimensions, dimensions)),
    };
  });
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return jsonReply(
    { object: "list", data, model: profile.id, usage },
    timingOf(simulation.settingsOf(profile, call.deployment), tokens),
  );
}

function readInputs(body: JsonObject): readonly string[] | Refusal {
  const { input } = body;
  if (input === undefined || input === null) return missing("input");
  if (typeof input === "string") return input === "" ? badInput() : [input];
  if (!Array.isArray(input) || input.length === 0 || input.length > MOST_INPUTS) return badInput();
  if (input.every((entry) => typeof entry === "number")) return [input.join(" ")];
  const texts = input.map((entry) => (Array.isArray(entry) ? entry.join(" ") : entry));
  return texts.every((text) => typeof text === "string" && text !== "") ? (texts as string[]) : badInput();
}

function badInput(): Refusal {
  return invalidValue(
    "input",
    "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
  );
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
