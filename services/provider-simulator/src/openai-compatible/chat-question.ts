import { PromptMeter } from "../answer/prompt-meter.ts";
import { ANY_OBJECT, type Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { checkContext, checkRange } from "../openai/check-model.ts";
import { checkToolResults } from "../openai/check-tool-results.ts";
import { readContent } from "../openai/content.ts";
import { missing } from "../openai/errors.ts";
import { reasoningBudget } from "../openai/reasoning.ts";
import { readToolChoice, readTools } from "../openai/tools.ts";
import { Refusal } from "../refusal.ts";
import { schemaInText } from "../answer/schema-in-text.ts";
import { findField } from "./find-field.ts";
import type { CompatibleServer } from "./server.ts";

/** Tokens of a thought that is switched on without an effort that OpenAI has. */
const SWITCHED_BUDGET = 64;

/** Reads and checks the body of a chat completion as the server does. */
export function readQuestion(body: JsonObject, server: CompatibleServer): Question | Refusal {
  const model = findModel(body, server);
  if (model instanceof Refusal) return model;
  const refusal = checkFields(body, model, server);
  if (refusal !== undefined) return refusal;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body["tool_choice"] === "any" ? { ...body, tool_choice: "required" } : body, tools);
  if (toolChoice instanceof Refusal) return toolChoice;
  const prompt = readMessages(listOf(body["messages"]) as readonly JsonObject[]);
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
      schema: readSchema(body["response_format"], prompt.instructions),
      maxTokens: numberOf(body["max_completion_tokens"]) ?? numberOf(body["max_tokens"]),
      stop: textsOf(body["stop"]),
      thinkingBudget: model.reasons ? thinkingBudget(body) : 0,
    }
  );
}

function findModel(body: JsonObject, server: CompatibleServer): ModelProfile | Refusal {
  const name = textOf(body["model"]) ?? "";
  const model = server.models.find(name);
  if (model?.kind === "generation") return model;
  return new Refusal(
    "unknown_model",
    `The model \`${name.slice(0, 200)}\` does not exist or you do not have access to it.`,
  );
}

function checkFields(body: JsonObject, model: ModelProfile, server: CompatibleServer): Refusal | undefined {
  const refused = server.refusedFields.find((field) => findField(body, field));
  if (refused !== undefined) return server.refuseField(refused);
  if (!server.manyChoices && (numberOf(body["n"]) ?? 1) > 1) return server.refuseField("n");
  const effort = body["reasoning_effort"] ?? undefined;
  if (effort !== undefined && !server.efforts.includes(String(effort))) return server.refuseField("reasoning_effort");
  if (!Array.isArray(body["messages"]) || body["messages"].length === 0) return missing("messages");
  return (
    checkRange(body, "temperature", 0, 2) ??
    checkRange(body, "top_p", 0, 1) ??
    checkRange(body, "max_tokens", 1, model.maxOutputTokens) ??
    checkRange(body, "max_completion_tokens", 1, model.maxOutputTokens) ??
    checkToolResults(body["messages"].filter(isObject))
  );
}

function thinkingBudget(body: JsonObject): number {
  const effort = body["reasoning_effort"] ?? undefined;
  const mode = objectOf(body["thinking"])?.["type"];
  if (mode === "disabled" || effort === "none") return 0;
  return reasoningBudget(effort) || (mode === "enabled" || effort !== undefined ? SWITCHED_BUDGET : 0);
}

function readMessages(messages: readonly JsonObject[]) {
  const meter = new PromptMeter();
  let lastUserText = "";
  let afterToolResult = false;
  let instructions = "";
  for (const message of messages) {
    const role = String(message["role"]);
    meter.message(role);
    const text = readContent(message["content"], meter);
    for (const call of listOf(message["tool_calls"])) meter.json(objectOf(objectOf(call)?.["function"]));
    if (role === "tool") afterToolResult = true;
    if (role === "system") instructions = text;
    if (role === "user") [lastUserText, afterToolResult] = [text, false];
  }
  return { meter, instructions, lastUserText, afterToolResult };
}

/** The form of the answer; where only an object is asked for, a schema that the instructions end with is followed. */
function readSchema(format: unknown, instructions: string): JsonObject | undefined {
  if (!isObject(format) || textOf(format["type"]) === "text") return undefined;
  return objectOf(objectOf(format["json_schema"])?.["schema"]) ?? schemaInText(instructions) ?? ANY_OBJECT;
}
