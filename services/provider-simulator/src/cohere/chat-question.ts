import { PromptMeter } from "../answer/prompt-meter.ts";
import { ANY_OBJECT, type OfferedTool, type Question, type ToolChoice } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { checkFields } from "./check-fields.ts";
import { checkMessages } from "./check-messages.ts";
import { invalid, tooManyTokens } from "./errors.ts";
import { cohereModels } from "./models.ts";

/** Tokens to think where a request sets no budget. */
const USUAL_BUDGET = 1_024;

/** Reads and checks the body of a request for chat. */
export function readChatQuestion(body: JsonObject): Question | Refusal {
  const model = readModel(body, "generation");
  if (model instanceof Refusal) return model;
  const refusal = checkFields(body, model) ?? checkMessages(body["messages"], model);
  if (refusal !== undefined) return refusal;
  const prompt = readPrompt(body);
  const { tokens } = prompt.meter;
  if (tokens > model.contextTokens) {
    const limit = `The limit for this model is ${model.contextTokens} tokens.`;
    return tooManyTokens(
      `size limit exceeded by ${tokens - model.contextTokens} tokens. Try using shorter or fewer inputs. ${limit}`,
    );
  }
  return {
    model,
    hash: prompt.meter.hash,
    promptTokens: tokens,
    lastUserText: prompt.lastUserText,
    afterToolResult: prompt.afterToolResult,
    tools: readTools(body),
    toolChoice: readChoice(body["tool_choice"]),
    parallelTools: true,
    schema: readSchema(body),
    maxTokens: numberOf(body["max_tokens"]),
    stop: textsOf(body["stop_sequences"]),
    thinkingBudget: readBudget(body, model),
  };
}

/** The profile of the model that a body asks for. */
export function readModel(body: JsonObject, kind: ModelProfile["kind"]): ModelProfile | Refusal {
  const name = textOf(body["model"]);
  if (name === undefined) return new Refusal("invalid", "a model parameter is required for this endpoint.");
  const model = cohereModels.find(name);
  if (model === undefined)
    return new Refusal(
      "unknown_model",
      `model '${name.slice(0, 200)}' not found, make sure the correct model ID was used and you have access to it.`,
    );
  return model.kind === kind
    ? model
    : invalid(`model '${model.id}' is not supported by the ${kind === "embedding" ? "embed" : "chat"} API`);
}

interface Prompt {
  readonly meter: PromptMeter;
  lastUserText: string;
  afterToolResult: boolean;
}

function readPrompt(body: JsonObject): Prompt {
  const prompt: Prompt = { meter: new PromptMeter(), lastUserText: "", afterToolResult: false };
  for (const tool of listOf(body["tools"])) prompt.meter.json(tool);
  for (const document of listOf(body["documents"])) prompt.meter.json(document);
  for (const message of listOf(body["messages"])) if (isObject(message)) readMessage(message, prompt);
  return prompt;
}

function readMessage(message: JsonObject, prompt: Prompt): void {
  const { meter } = prompt;
  const role = String(message["role"]);
  meter.message(role);
  const text = readContent(message["content"], meter);
  meter.text(textOf(message["tool_plan"]) ?? "");
  for (const call of listOf(message["tool_calls"])) meter.json(objectOf(call)?.["function"]);
  if (role === "user")
    [prompt.lastUserText, prompt.afterToolResult] = [text === "" ? prompt.lastUserText : text, false];
  else if (role === "tool") prompt.afterToolResult = true;
}

function readContent(content: unknown, meter: PromptMeter): string {
  if (typeof content === "string") {
    meter.text(content);
    return content;
  }
  let said = "";
  for (const block of listOf(content).filter(isObject)) {
    const url = textOf(objectOf(block["image_url"])?.["url"]);
    if (url !== undefined) meter.media(`image:${url.length}:${url.slice(-64)}`);
    else if (block["type"] === "document") meter.json(block["document"]);
    else meter.text(textOf(block["thinking"]) ?? textOf(block["text"]) ?? "");
    said += textOf(block["text"]) ?? "";
  }
  return said;
}

function readTools(body: JsonObject): readonly OfferedTool[] {
  return listOf(body["tools"]).map((tool) => {
    const told = objectOf(objectOf(tool)?.["function"]) ?? {};
    return { name: textOf(told["name"]) ?? "", schema: objectOf(told["parameters"]) };
  });
}

function readChoice(choice: unknown): ToolChoice {
  if (choice === "NONE") return { kind: "none" };
  return { kind: choice === "REQUIRED" ? "required" : "auto" };
}

function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectOf(body["response_format"]);
  return format?.["type"] === "json_object" ? (objectOf(format["json_schema"]) ?? ANY_OBJECT) : undefined;
}

/** Models that reason do so unless they are told not to. */
function readBudget(body: JsonObject, model: ModelProfile): number {
  const thinking = objectOf(body["thinking"]);
  if (!model.reasons || thinking?.["type"] === "disabled") return 0;
  return numberOf(thinking?.["token_budget"]) ?? USUAL_BUDGET;
}
