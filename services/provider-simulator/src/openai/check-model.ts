import { type JsonObject, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { openAiModels } from "./models.ts";

/** The profile of the model that a body asks for, if it is of the kind that the operation needs. */
export function checkModel(body: JsonObject, kind: ModelProfile["kind"]): ModelProfile | Refusal {
  const model = textOf(body["model"]);
  if (model === undefined || model === "") return new Refusal("invalid", "you must provide a model parameter");
  const profile = openAiModels.find(model);
  if (profile === undefined) {
    const message = `The model \`${model.slice(0, 200)}\` does not exist or you do not have access to it.`;
    return new Refusal("unknown_model", message);
  }
  if (profile.kind === kind) return profile;
  return new Refusal("forbidden", `The model \`${profile.id}\` does not support this operation.`, {
    code: "unsupported_model",
  });
}

/** Refuses a prompt that does not fit into the model's context. */
export function checkContext(profile: ModelProfile, tokens: number, param: string): Refusal | undefined {
  const limit = profile.contextTokens;
  if (tokens <= limit) return undefined;
  const message =
    `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. ` +
    "Please reduce the length of the messages.";
  return new Refusal("context_exceeded", message, { param });
}

/** Refuses a number outside its bounds. */
export function checkRange(body: JsonObject, param: string, low: number, high: number): Refusal | undefined {
  const value = body[param];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") {
    const message = `Invalid type for '${param}': expected a number, but got something else instead.`;
    return new Refusal("invalid", message, { param, code: "invalid_type" });
  }
  if (value < low)
    return bound(param, `Expected a value >= ${low}, but got ${value} instead.`, "decimal_below_min_value");
  return value > high
    ? bound(param, `Expected a value <= ${high}, but got ${value} instead.`, "decimal_above_max_value")
    : undefined;
}

function bound(param: string, message: string, code: string): Refusal {
  return new Refusal("invalid", `Invalid '${param}': ${message}`, { param, code });
}
