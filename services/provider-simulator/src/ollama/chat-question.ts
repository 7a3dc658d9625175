import { PromptMeter } from "../answer/prompt-meter.ts";
import { ANY_OBJECT, type OfferedTool, type Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import { invalid } from "./errors.ts";
import { can, ollamaModels, takesLevels } from "./models.ts";

/** Tokens of context that a server gives a model where a request asks for none. */
const USUAL_CONTEXT = 4_096;
/** Tokens to think. */
const BUDGET = 1_024;
const ROLES: readonly unknown[] = ["system", "user", "assistant", "tool"];

/** A question, and the tokens of the prompt that the model saw. */
export interface ChatQuestion {
  readonly question: Question;
  readonly promptTokens: number;
}

/** Reads and checks the body of a request for chat. */
export function readChatQuestion(body: JsonObject): ChatQuestion | Refusal {
  const model = readModel(body);
  if (model instanceof Refusal) return model;
  if (!can(model, "completion")) return invalid(`"${model.id}" does not support chat`);
  const refusal = checkMessages(body, model) ?? checkTools(body, model) ?? checkThink(body["think"], model);
  if (refusal !== undefined) return refusal;
  const prompt = readPrompt(body);
  const options = objectOf(body["options"]) ?? {};
  const context = Math.min(numberOf(options["num_ctx"]) ?? USUAL_CONTEXT, model.contextTokens);
  const { hash, tokens } = prompt.meter;
  if (tokens > context && body["truncate"] === false)
    return new Refusal("context_exceeded", "the input length exceeds the context length");
  const predict = numberOf(options["num_predict"]) ?? -1;
  const question: Question = {
    model,
    hash,
    promptTokens: tokens,
    lastUserText: prompt.lastUserText,
    afterToolResult: prompt.afterToolResult,
    tools: readTools(body),
    toolChoice: { kind: "auto" },
    parallelTools: true,
    schema: readSchema(body["format"]),
    maxTokens: predict > 0 ? predict : undefined,
    stop: textsOf(options["stop"]),
    thinkingBudget: thinks(body["think"], model) ? BUDGET : 0,
  };
  return { question, promptTokens: Math.min(tokens, context) };
}

/** The profile of the model that a body asks for. */
export function readModel(body: JsonObject): ModelProfile | Refusal {
  const name = textOf(body["model"]) ?? "";
  if (name === "") return invalid("model is required");
  return ollamaModels.find(name) ?? new Refusal("unknown_model", `model '${name.slice(0, 200)}' not found`);
}

function checkMessages(body: JsonObject, model: ModelProfile): Refusal | undefined {
  for (const message of listOf(body["messages"])) {
    if (!isObject(message) || !ROLES.includes(message["role"])) return invalid("invalid message role");
    if (message["content"] !== undefined && typeof message["content"] !== "string") {
      return invalid("json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string");
    }
    const images = listOf(message["images"]);
    if (images.some((image) => !/^[A-Za-z0-9+/]+={0,2}$/.test(textOf(image) ?? "")))
      return invalid("illegal base64 data at input byte 0");
    if (images.length > 0 && !can(model, "vision"))
      return new Refusal("server", "this model is missing data required for image input");
    const badCall = listOf(message["tool_calls"]).some(
      (call) => !isObject(objectOf(objectOf(call)?.["function"])?.["arguments"]),
    );
    if (badCall)
      return invalid(
        "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments",
      );
  }
  return undefined;
}

function checkTools(body: JsonObject, model: ModelProfile): Refusal | undefined {
  if (listOf(body["tools"]).length === 0 || can(model, "tools")) return undefined;
  return invalid(`registry.ollama.ai/library/${model.id} does not support tools`);
}

function checkThink(think: unknown, model: ModelProfile): Refusal | undefined {
  if (think === undefined || think === false || think === null) return undefined;
  if (think !== true && !["low", "medium", "high"].includes(String(think)))
    return invalid(
      `invalid think value: ${JSON.stringify(think).slice(0, 40)} (must be "high", "medium", "low", true, or false)`,
    );
  if (!can(model, "thinking")) return invalid(`"${model.id}" does not support thinking`);
  return think === true || takesLevels(model)
    ? undefined
    : invalid(`think value "${String(think)}" is not supported for this model`);
}

/** Models that can think do so unless they are told not to; those with levels cannot be told. */
function thinks(think: unknown, model: ModelProfile): boolean {
  return model.reasons && (think !== false || takesLevels(model));
}

interface Prompt {
  readonly meter: PromptMeter;
  lastUserText: string;
  afterToolResult: boolean;
}

function readPrompt(body: JsonObject): Prompt {
  const prompt: Prompt = { meter: new PromptMeter(), lastUserText: "", afterToolResult: false };
  for (const tool of listOf(body["tools"])) prompt.meter.json(tool);
  for (const message of listOf(body["messages"])) if (isObject(message)) readMessage(message, prompt);
  return prompt;
}

function readMessage(message: JsonObject, prompt: Prompt): void {
  const { meter } = prompt;
  const role = String(message["role"]);
  const text = textOf(message["content"]) ?? "";
  meter.message(role);
  meter.text(text);
  for (const image of listOf(message["images"]))
    meter.media(`image:${String(image).length}:${String(image).slice(-64)}`);
  for (const call of listOf(message["tool_calls"])) meter.json(objectOf(call)?.["function"]);
  if (role === "user")
    [prompt.lastUserText, prompt.afterToolResult] = [text === "" ? prompt.lastUserText : text, false];
  else if (role === "tool") prompt.afterToolResult = true;
}

function readTools(body: JsonObject): readonly OfferedTool[] {
  return listOf(body["tools"]).map((tool) => {
    const told = objectOf(objectOf(tool)?.["function"]) ?? {};
    return { name: textOf(told["name"]) ?? "", schema: objectOf(told["parameters"]) };
  });
}

function readSchema(format: unknown): JsonObject | undefined {
  return format === "json" ? ANY_OBJECT : objectOf(format);
}
