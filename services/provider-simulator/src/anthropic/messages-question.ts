import type { Question } from "../answer/question.ts";
import { type JsonObject, numberOf, objectOf, textOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { checkFields } from "./check-fields.ts";
import { checkMessages } from "./check-messages.ts";
import { invalid } from "./errors.ts";
import { anthropicModels } from "./models.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { readToolChoice, readTools } from "./tools.ts";

/** A question and the prompt it was read from, which knows the cache points. */
export interface MessagesQuestion {
  readonly question: Question;
  readonly prompt: Prompt;
}

/** Reads and checks the body of a request for a message. */
export function readMessagesQuestion(body: JsonObject): MessagesQuestion | Refusal {
  const model = readModel(body);
  if (model instanceof Refusal) return model;
  const refusal = checkFields(body, model) ?? checkMessages(body["messages"]);
  if (refusal !== undefined) return refusal;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body, tools);
  if (toolChoice instanceof Refusal) return toolChoice;
  const prompt = readPrompt(body);
  if (prompt.tokens > model.contextTokens) return tooLong(prompt.tokens, model.contextTokens);
  const question: Question = {
    model,
    hash: prompt.hash,
    promptTokens: prompt.tokens,
    lastUserText: prompt.lastUserText,
    afterToolResult: prompt.afterToolResult,
    tools,
    toolChoice,
    parallelTools: objectOf(body["tool_choice"])?.["disable_parallel_tool_use"] !== true,
    schema: readSchema(body),
    maxTokens: numberOf(body["max_tokens"]),
    stop: textsOf(body["stop_sequences"]),
    thinkingBudget: readBudget(body),
  };
  return { question, prompt };
}

/** The profile of the model that a body asks for. */
export function readModel(body: JsonObject): ModelProfile | Refusal {
  const model = textOf(body["model"]);
  if (model === undefined) return invalid("model: Field required");
  return anthropicModels.find(model) ?? new Refusal("unknown_model", `model: ${model.slice(0, 200)}`);
}

/** The refusal of a prompt that does not fit into the context. */
export function tooLong(tokens: number, limit: number): Refusal {
  return new Refusal("context_exceeded", `prompt is too long: ${tokens} tokens > ${limit} maximum`);
}

function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectOf(objectOf(body["output_config"])?.["format"]) ?? objectOf(body["output_format"]);
  return objectOf(format?.["schema"]);
}

const ADAPTIVE_BUDGET = 1_024;

function readBudget(body: JsonObject): number {
  const thinking = objectOf(body["thinking"]);
  if (thinking?.["type"] === "adaptive") return ADAPTIVE_BUDGET;
  return thinking?.["type"] === "enabled" ? (numberOf(thinking["budget_tokens"]) ?? 0) : 0;
}
