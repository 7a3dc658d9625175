import { PromptMeter } from "../answer/prompt-meter.ts";
import { ANY_OBJECT, type Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { checkContext, checkModel, checkRange } from "./check-model.ts";
import { checkInputItems } from "./check-input-items.ts";
import { checkResponsesReasoning } from "./check-reasoning.ts";
import { readContent } from "./content.ts";
import { invalidValue, missing } from "./errors.ts";
import { reasoningBudget } from "./reasoning.ts";
import type { RememberedResponse, ResponseMemory } from "./response-memory.ts";
import { readToolChoice, readTools } from "./tools.ts";

/** Fields of chat completions, which this API does not know. */
const UNKNOWN = [
  "frequency_penalty",
  "logit_bias",
  "max_completion_tokens",
  "max_tokens",
  "n",
  "presence_penalty",
  "reasoning_effort",
  "response_format",
  "seed",
  "stop",
];

/** Reads and checks the body of a request for a response. */
export function readResponsesQuestion(
  body: JsonObject,
  memory: ResponseMemory,
  deployment: string,
): Question | Refusal {
  const model = findModel(body);
  if (model instanceof Refusal) return model;
  const prompt =
    checkUnknown(body) ??
    checkRange(body, "temperature", 0, 2) ??
    checkRange(body, "max_output_tokens", 16, model.maxOutputTokens) ??
    checkResponsesReasoning(body, model) ??
    readPrompt(body, memory, deployment);
  if (prompt instanceof Refusal) return prompt;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body, tools);
  if (toolChoice instanceof Refusal) return toolChoice;
  if (tools.length > 0) prompt.meter.json(body["tools"]);
  const { hash, tokens } = prompt.meter;
  return (
    checkContext(model, tokens, "input") ?? {
      model,
      hash,
      promptTokens: tokens,
      lastUserText: prompt.lastUserText,
      afterToolResult: prompt.afterToolResult,
      tools,
      toolChoice,
      parallelTools: body["parallel_tool_calls"] !== false,
      schema: readSchema(objectOf(body["text"])?.["format"]),
      maxTokens: numberOf(body["max_output_tokens"]),
      stop: [],
      thinkingBudget: model.reasons ? reasoningBudget(objectOf(body["reasoning"])?.["effort"]) : 0,
    }
  );
}

function findModel(body: JsonObject): ModelProfile | Refusal {
  const model = checkModel(body, "generation");
  if (!(model instanceof Refusal) || model.kind !== "unknown_model") return model;
  const message = `The requested model '${String(body["model"]).slice(0, 200)}' does not exist.`;
  return new Refusal("unknown_model", message, { status: 400, param: "model" });
}

function checkUnknown(body: JsonObject): Refusal | undefined {
  const param = UNKNOWN.find((name) => body[name] !== undefined);
  if (param === undefined) return undefined;
  return new Refusal("invalid", `Unknown parameter: '${param}'.`, { param, code: "unknown_parameter" });
}

interface ResponsesPrompt {
  readonly meter: PromptMeter;
  lastUserText: string;
  afterToolResult: boolean;
}

function readPrompt(body: JsonObject, memory: ResponseMemory, deployment: string): ResponsesPrompt | Refusal {
  const prompt: ResponsesPrompt = { meter: new PromptMeter(), lastUserText: "", afterToolResult: false };
  const previous = findPrevious(body, memory, deployment);
  if (previous instanceof Refusal) return previous;
  if (previous !== undefined) prompt.meter.resume(previous.hash, previous.tokens);
  const instructions = textOf(body["instructions"]);
  if (instructions !== undefined) prompt.meter.text(instructions);
  const { input } = body;
  if (input === undefined || input === null) return missing("input");
  const items = typeof input === "string" ? [{ role: "user", content: input }] : input;
  if (!Array.isArray(items) || !items.every(isObject)) {
    return invalidValue("input", "Invalid type for 'input': expected a string or an array of input items.");
  }
  const refusal = checkInputItems(items, { deployment, memory, openCalls: previous?.openCalls ?? [] });
  if (refusal !== undefined) return refusal;
  for (const item of items) readItem(item, prompt);
  return prompt;
}

function findPrevious(
  body: JsonObject,
  memory: ResponseMemory,
  deployment: string,
): RememberedResponse | Refusal | undefined {
  const id = textOf(body["previous_response_id"]);
  if (id === undefined) return undefined;
  const facts = { param: "previous_response_id", code: "previous_response_not_found" };
  return (
    memory.find(id, deployment) ??
    new Refusal("invalid", `Previous response with id '${id.slice(0, 100)}' not found.`, facts)
  );
}

function readItem(item: JsonObject, prompt: ResponsesPrompt): void {
  const { meter } = prompt;
  const role = textOf(item["role"]);
  meter.message(role ?? String(item["type"]));
  if (role !== undefined) {
    const text = readContent(item["content"], meter);
    if (role === "user") Object.assign(prompt, { lastUserText: text, afterToolResult: false });
    return;
  }
  for (const field of ["name", "arguments", "output"]) {
    const value = item[field];
    if (listOf(value).length > 0) readContent(value, meter);
    else if (typeof value === "string") meter.text(value);
  }
  if (item["type"] === "function_call_output") prompt.afterToolResult = true;
}

function readSchema(format: unknown): JsonObject | undefined {
  if (!isObject(format) || format["type"] === "text") return undefined;
  return objectOf(format["schema"]) ?? ANY_OBJECT;
}
