import { PromptMeter } from "../answer/prompt-meter.ts";
import { ANY_OBJECT, type Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { checkContext, checkModel, checkRange } from "./check-model.ts";
import { checkReasoning } from "./check-reasoning.ts";
import { checkToolResults } from "./check-tool-results.ts";
import { readContent } from "./content.ts";
import { invalidValue, missing } from "./errors.ts";
import { reasoningBudget } from "./reasoning.ts";
import { readToolChoice, readTools } from "./tools.ts";

const ROLES: ReadonlySet<unknown> = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/** Reads and checks the body of a chat completion. */
export function readChatQuestion(body: JsonObject): Question | Refusal {
  const model = checkModel(body, "generation");
  if (model instanceof Refusal) return model;
  const refusal = checkFields(body, model) ?? checkMessages(body);
  if (refusal !== undefined) return refusal;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body, tools);
  if (toolChoice instanceof Refusal) return toolChoice;
  const prompt = readMessages(listOf(body["messages"]));
  if (tools.length > 0) prompt.meter.json(body["tools"]);
  const { hash, tokens } = prompt.meter;
  return (
    checkContext(model, tokens, "messages") ?? {
      model,
      hash,
      promptTokens: tokens,
      lastUserText: prompt.lastUserText,
      afterToolResult: prompt.afterToolResult,
      tools,
      toolChoice,
      parallelTools: body["parallel_tool_calls"] !== false,
      schema: readSchema(body["response_format"]),
      maxTokens: numberOf(body["max_completion_tokens"]) ?? numberOf(body["max_tokens"]),
      stop: textsOf(body["stop"]),
      thinkingBudget: model.reasons ? reasoningBudget(body["reasoning_effort"]) : 0,
    }
  );
}

function checkFields(body: JsonObject, model: ModelProfile): Refusal | undefined {
  if (model.reasons && body["max_tokens"] !== undefined && body["max_tokens"] !== null) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return new Refusal("invalid", message, { param: "max_tokens", code: "unsupported_parameter" });
  }
  return (
    checkRange(body, "temperature", 0, 2) ??
    checkRange(body, "top_p", 0, 1) ??
    checkRange(body, "n", 1, 128) ??
    checkRange(body, "max_tokens", 1, model.maxOutputTokens) ??
    checkRange(body, "max_completion_tokens", 1, model.maxOutputTokens) ??
    checkReasoning(body, model)
  );
}

function checkMessages(body: JsonObject): Refusal | undefined {
  const messages = body["messages"];
  if (messages === undefined || messages === null) return missing("messages");
  if (!Array.isArray(messages))
    return invalidValue("messages", "Invalid type for 'messages': expected an array of objects.");
  if (messages.length === 0)
    return invalidValue("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1.");
  const wrong = messages.findIndex((message) => !isObject(message) || !ROLES.has(message["role"]));
  if (wrong < 0) return checkToolResults(messages as readonly JsonObject[]);
  return invalidValue(
    `messages[${wrong}].role`,
    "Invalid value. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
  );
}

interface ChatPrompt {
  readonly meter: PromptMeter;
  readonly lastUserText: string;
  readonly afterToolResult: boolean;
}

function readMessages(messages: readonly unknown[]): ChatPrompt {
  const meter = new PromptMeter();
  let lastUserText = "";
  let afterToolResult = false;
  for (const message of messages as readonly JsonObject[]) {
    const role = message["role"] as string;
    meter.message(role);
    const text = readContent(message["content"], meter);
    for (const call of listOf(message["tool_calls"])) meter.json(objectOf(objectOf(call)?.["function"]));
    if (role === "tool" || role === "function") afterToolResult = true;
    if (role === "user") [lastUserText, afterToolResult] = [text, false];
  }
  return { meter, lastUserText, afterToolResult };
}

/** The schema in a `response_format`, or undefined for text. */
function readSchema(format: unknown): JsonObject | undefined {
  if (!isObject(format) || textOf(format["type"]) === "text") return undefined;
  return objectOf(objectOf(format["json_schema"])?.["schema"]) ?? ANY_OBJECT;
}
