import { type JsonObject, numberOf, objectOf, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";
import { checkGeneration } from "./check-generation.ts";
import { invalid } from "./errors.ts";

const SMALLEST_BUDGET = 1_024;

/** Checks everything about a request for a message but its messages and tools. */
export function checkFields(body: JsonObject, model: ModelProfile): Refusal | undefined {
  return checkMaxTokens(body["max_tokens"], model) ?? checkSampling(body) ?? checkThinking(body) ?? checkGeneration(body, model);
}

function checkMaxTokens(maxTokens: unknown, model: ModelProfile): Refusal | undefined {
  if (maxTokens === undefined) return invalid("max_tokens: Field required");
  if (!Number.isInteger(maxTokens)) return invalid("max_tokens: Input should be a valid integer");
  const tokens = maxTokens as number;
  if (tokens < 1) return invalid("max_tokens: Input should be greater than or equal to 1");
  if (tokens <= model.maxOutputTokens) return undefined;
  const limit = model.maxOutputTokens;
  return invalid(
    `max_tokens: ${tokens} > ${limit}, which is the maximum allowed number of output tokens for ${model.id}`,
  );
}

function checkSampling(body: JsonObject): Refusal | undefined {
  for (const field of ["temperature", "top_p"]) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number") return invalid(`${field}: Input should be a valid number`);
    if (value < 0) return invalid(`${field}: Input should be greater than or equal to 0`);
    if (value > 1) return invalid(`${field}: Input should be less than or equal to 1`);
  }
  return undefined;
}

function checkThinking(body: JsonObject): Refusal | undefined {
  const thinking = objectOf(body["thinking"]);
  const type = thinking?.["type"];
  if (type !== "enabled" && type !== "adaptive") return undefined;
  const forced = textOf(objectOf(body["tool_choice"])?.["type"]);
  if (forced === "any" || forced === "tool")
    return invalid("Thinking may not be enabled when tool_choice forces tool use.");
  const temperature = numberOf(body["temperature"]);
  if (temperature !== undefined && temperature !== 1) {
    return invalid("`temperature` may only be set to 1 when thinking is enabled.");
  }
  return type === "enabled"
    ? checkBudget(numberOf(thinking?.["budget_tokens"]), body["max_tokens"] as number)
    : undefined;
}

function checkBudget(budget: number | undefined, maxTokens: number): Refusal | undefined {
  if (budget === undefined) return invalid("thinking.enabled.budget_tokens: Field required");
  if (budget < SMALLEST_BUDGET) {
    return invalid(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${SMALLEST_BUDGET}`);
  }
  return budget < maxTokens ? undefined : invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
}
