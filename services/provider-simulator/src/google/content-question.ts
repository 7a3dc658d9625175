import { ANY_OBJECT, type Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { checkParts } from "./check-parts.ts";
import { field } from "./either-case.ts";
import { invalid } from "./errors.ts";
import { googleModels } from "./models.ts";
import { contentsOf, readPrompt } from "./prompt.ts";
import { readToolChoice, readTools } from "./tools.ts";

/** Reads and checks the body of a request for content. */
export function readContentQuestion(modelId: string, body: JsonObject): Question | Refusal {
  const model = readModel(modelId, "generation", "generateContent");
  if (model instanceof Refusal) return model;
  const config = objectOf(field(body, "generationConfig"));
  const refusal = checkContents(body) ?? checkParts(contentsOf(body), model.id.startsWith("gemini-3")) ?? checkConfig(config, model);
  if (refusal !== undefined) return refusal;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body, tools);
  if (toolChoice instanceof Refusal) return toolChoice;
  const { hash, tokens, lastUserText, afterToolResult } = readPrompt(body);
  return (
    checkContext(model, tokens) ?? {
      model,
      hash,
      promptTokens: tokens,
      lastUserText,
      afterToolResult,
      tools,
      toolChoice,
      parallelTools: true,
      schema: readSchema(config),
      maxTokens: numberOf(field(config, "maxOutputTokens")),
      stop: textsOf(field(config, "stopSequences")),
      thinkingBudget: model.reasons ? readBudget(config) : 0,
    }
  );
}

/** The profile of a model that supports a method. */
export function readModel(id: string, kind: ModelProfile["kind"], method: string): ModelProfile | Refusal {
  const model = googleModels.find(id);
  if (model?.kind === kind) return model;
  const message =
    `models/${id.slice(0, 200)} is not found for API version v1beta, or is not supported for ${method}. ` +
    "Call ListModels to see the list of available models and their supported methods.";
  return new Refusal("unknown_model", message);
}

/** Refuses a prompt that does not fit into the model's context. */
export function checkContext(model: ModelProfile, tokens: number): Refusal | undefined {
  if (tokens <= model.contextTokens) return undefined;
  const limit = model.contextTokens;
  const message = `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`;
  return new Refusal("context_exceeded", message);
}

function checkContents(body: JsonObject): Refusal | undefined {
  if (contentsOf(body).length === 0) return invalid("* GenerateContentRequest.contents: contents is not specified\n");
  for (const [index, content] of listOf(body["contents"]).entries()) {
    const place = `* GenerateContentRequest.contents[${index}]`;
    if (!isObject(content))
      return invalid(
        `Invalid value at 'contents[${index}]' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content)`,
      );
    const { role, parts } = content;
    if (role !== undefined && role !== "user" && role !== "model" && role !== "function") {
      return invalid("Please use a valid role: user, model.");
    }
    if (listOf(parts).length === 0 && !isObject(parts))
      return invalid(`${place}.parts: contents.parts must not be empty.\n`);
  }
  return undefined;
}

function checkConfig(config: JsonObject | undefined, model: ModelProfile): Refusal | undefined {
  const temperature = field(config, "temperature");
  if (temperature !== undefined && (typeof temperature !== "number" || temperature < 0 || temperature > 2)) {
    return invalid(
      "* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n",
    );
  }
  const limit = numberOf(field(config, "maxOutputTokens"));
  if (limit === undefined || (limit >= 1 && limit <= model.maxOutputTokens)) return undefined;
  return invalid(
    `Unable to submit request because it has a maxOutputTokens value of ${limit} but the supported range is from ` +
      `1 (inclusive) to ${model.maxOutputTokens + 1} (exclusive). Update the value and try again.`,
  );
}

function readSchema(config: JsonObject | undefined): JsonObject | undefined {
  if (field(config, "responseMimeType") !== "application/json") return undefined;
  return objectOf(field(config, "responseJsonSchema")) ?? objectOf(field(config, "responseSchema")) ?? ANY_OBJECT;
}

const DEFAULT_BUDGET = 512;

/** Thought tokens at most: only where the caller asks for thoughts or gives a budget (-1: the model's own). */
function readBudget(config: JsonObject | undefined): number {
  const thinking = objectOf(field(config, "thinkingConfig"));
  if (thinking === undefined) return 0;
  const budget = numberOf(field(thinking, "thinkingBudget"));
  if (budget !== undefined && budget >= 0) return budget;
  const wanted =
    budget === -1 || field(thinking, "includeThoughts") === true || field(thinking, "thinkingLevel") !== undefined;
  return wanted ? DEFAULT_BUDGET : 0;
}
