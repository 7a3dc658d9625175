import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";
import { invalid, tooManyTokens } from "./errors.ts";
import { takesTools } from "./models.ts";

const RANGES: readonly (readonly [field: string, low: number, high: number])[] = [
  ["temperature", 0, 1],
  ["p", 0.01, 0.99],
  ["k", 0, 500],
  ["frequency_penalty", 0, 1],
  ["presence_penalty", 0, 1],
];
const UNSUPPORTED_KEYWORDS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"];
const MAX_STOPS = 5;

/** Checks everything about a request for chat but its messages. */
export function checkFields(body: JsonObject, model: ModelProfile): Refusal | undefined {
  return (
    checkSampling(body) ??
    checkMaxTokens(body["max_tokens"], model) ??
    checkThinking(body["thinking"], model) ??
    checkTools(body, model) ??
    checkFormat(body)
  );
}

function checkSampling(body: JsonObject): Refusal | undefined {
  for (const [field, low, high] of RANGES) {
    const value = body[field];
    if (value === undefined) continue;
    if (typeof value !== "number" || value < low || value > high)
      return invalid(`${field} must be between ${low} and ${high} inclusive.`);
  }
  if (body["frequency_penalty"] && body["presence_penalty"]) {
    return invalid("only one of 'presence_penalty' and 'frequency_penalty' can be specified for this model.");
  }
  const { seed } = body;
  if (seed !== undefined && !(Number.isInteger(seed) && (seed as number) >= 0))
    return invalid("seed must be a positive integer.");
  return listOf(body["stop_sequences"]).length > MAX_STOPS
    ? invalid(`at most ${MAX_STOPS} stop sequences are allowed.`)
    : undefined;
}

function checkMaxTokens(maxTokens: unknown, { maxOutputTokens }: ModelProfile): Refusal | undefined {
  if (maxTokens === undefined) return undefined;
  if (!Number.isInteger(maxTokens) || (maxTokens as number) < 1)
    return invalid("max_tokens must be a positive integer.");
  if ((maxTokens as number) <= maxOutputTokens) return undefined;
  const limit = `max tokens must be less than or equal to ${maxOutputTokens}, the maximum output for this model`;
  return tooManyTokens(`${limit} - received ${String(maxTokens)}.`);
}

function checkThinking(thinking: unknown, model: ModelProfile): Refusal | undefined {
  if (thinking === undefined) return undefined;
  if (!model.reasons) return invalid(`thinking is not supported for model '${model.id}'.`);
  const type = objectOf(thinking)?.["type"];
  if (type !== "enabled" && type !== "disabled") return invalid("thinking.type must be 'enabled' or 'disabled'.");
  const budget = objectOf(thinking)?.["token_budget"];
  return budget === undefined || (Number.isInteger(budget) && (budget as number) > 0)
    ? undefined
    : invalid("thinking.token_budget must be a positive integer.");
}

function checkTools(body: JsonObject, model: ModelProfile): Refusal | undefined {
  const tools = listOf(body["tools"]);
  const choice = body["tool_choice"];
  if (choice !== undefined && choice !== "REQUIRED" && choice !== "NONE")
    return invalid("tool_choice must be one of 'REQUIRED' and 'NONE'.");
  if (tools.length === 0)
    return choice === undefined ? undefined : invalid("tool_choice requires tools to be specified.");
  if (!takesTools(model)) return invalid(`tools are not supported for model '${model.id}'.`);
  const nameless = tools.some((tool) => (textOf(objectOf(objectOf(tool)?.["function"])?.["name"]) ?? "") === "");
  return nameless ? invalid("every tool must have a name.") : undefined;
}

function checkFormat(body: JsonObject): Refusal | undefined {
  const format = objectOf(body["response_format"]);
  if (format === undefined || format["type"] === "text") return undefined;
  if (format["type"] !== "json_object") return invalid("response_format.type must be one of 'text' and 'json_object'.");
  if (listOf(body["tools"]).length > 0) return invalid("response_format is not supported with tools.");
  if (listOf(body["documents"]).length > 0) return invalid("response_format is not supported with RAG.");
  const schema = format["json_schema"];
  return schema === undefined ? undefined : checkSchema(schema, 0);
}

function checkSchema(schema: unknown, depth: number): Refusal | undefined {
  if (!isObject(schema)) return invalid("json_schema must be an object.");
  if (depth === 0 && schema["type"] !== "object") return invalid("the type of json_schema must be 'object'.");
  const keyword = UNSUPPORTED_KEYWORDS.find((name) => numberOf(schema[name]) !== undefined || schema[name] === true);
  if (keyword !== undefined) return invalid(`json_schema: '${keyword}' is not supported.`);
  const properties = Object.values(objectOf(schema["properties"]) ?? {});
  if (properties.length > 0 && listOf(schema["required"]).length === 0)
    return invalid("json_schema: at least one property must be required.");
  const inner = isObject(schema["items"]) ? [...properties, schema["items"]] : properties;
  for (const property of inner) {
    const refusal = isObject(property) && depth < 32 ? checkSchema(property, depth + 1) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
