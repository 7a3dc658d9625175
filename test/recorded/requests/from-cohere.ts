import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { type MessageSchema, Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { list, type Loose, object, objects, text } from "../json.ts";
import { imageOf } from "./image-of.ts";
import type { ChatFields } from "./chat-fields.ts";
import { given, unknownFields } from "./unknown-fields.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

const KNOWN = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "temperature",
  "p",
  "k",
  "max_tokens",
  "stop_sequences",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "response_format",
  "thinking",
]);
const ROLES: Readonly<Record<string, Role>> = {
  system: Role.SYSTEM,
  developer: Role.DEVELOPER,
  user: Role.USER,
  assistant: Role.ASSISTANT,
  tool: Role.TOOL,
};

/** Turns a recorded body of Cohere's v2 chat into the contract's words; what it has none for stands among its unknown fields. */
export function fromCohere(body: Loose): ChatRequest {
  return create(ChatRequestSchema, {
    model: text(body["model"]),
    messages: objects(body["messages"]).map(toMessage),
    tools: objects(body["tools"]).map((tool) => {
      const { name, description, parameters } = object(tool["function"]);
      return {
        name: text(name),
        description: text(description),
        parametersJson: parameters === undefined ? "" : JSON.stringify(parameters),
      };
    }),
    ...toToolChoice(text(body["tool_choice"])),
    ...given("temperature", body["temperature"]),
    ...given("topP", body["p"]),
    ...given("topK", body["k"]),
    ...given("maxOutputTokens", body["max_tokens"]),
    ...given("frequencyPenalty", body["frequency_penalty"]),
    ...given("presencePenalty", body["presence_penalty"]),
    ...(typeof body["seed"] === "number" ? { seed: BigInt(body["seed"]) } : {}),
    stopSequences: list(body["stop_sequences"]).map(text),
    ...toFormat(object(body["response_format"])),
    ...toReasoning(object(body["thinking"])),
    unknownFields: unknownFields("cohere.chat", body, KNOWN),
  });
}

function toMessage(message: Loose): MessageInitShape<typeof MessageSchema> {
  const role = ROLES[text(message["role"])] ?? Role.USER;
  const content =
    typeof message["content"] === "string" ? [{ type: "text", text: message["content"] }] : objects(message["content"]);
  const parts = content.filter((part) => part["type"] !== "text" || part["text"] !== "").map(toPart);
  if (role === Role.TOOL)
    return {
      role,
      parts: [{ content: { case: "toolResult", value: { toolCallId: text(message["tool_call_id"]), content: parts } } }],
    };
  const plan = text(message["tool_plan"]);
  const planned: PartInit[] = plan === "" ? [] : [{ content: { case: "reasoning", value: { text: plan, provider: "cohere" } } }];
  const calls = objects(message["tool_calls"]).map((call): PartInit => {
    const { name, arguments: json } = object(call["function"]);
    return { content: { case: "toolCall", value: { id: text(call["id"]), name: text(name), argumentsJson: text(json) } } };
  });
  return { role, parts: [...planned, ...parts, ...calls] };
}

function toPart(part: Loose): PartInit {
  if (part["type"] === "thinking")
    return { content: { case: "reasoning", value: { text: text(part["thinking"]), provider: "cohere" } } };
  if (part["type"] === "image_url") return imageOf(text(object(part["image_url"])["url"]));
  const document = object(object(part["document"])["data"]);
  return { content: { case: "text", value: { text: text(part["text"]) || text(document["text"]) } } };
}

function toToolChoice(word: string): ChatFields {
  if (word === "REQUIRED") return { toolChoice: { mode: ToolChoiceMode.REQUIRED } };
  return word === "NONE" ? { toolChoice: { mode: ToolChoiceMode.NONE } } : {};
}

function toFormat({ type, json_schema: schema, schema: older }: Loose): ChatFields {
  if (type !== "json_object") return {};
  const found = schema ?? older;
  if (found === undefined) return { responseFormat: { format: { case: "jsonObject", value: {} } } };
  return { responseFormat: { format: { case: "jsonSchema", value: { name: "answer", schemaJson: JSON.stringify(found) } } } };
}

function toReasoning({ type, token_budget: budget }: Loose): ChatFields {
  if (type === "disabled") return { reasoning: { effort: ReasoningEffort.NONE } };
  return type === "enabled"
    ? {
        reasoning: {
          ...given("budgetTokens", budget),
          includeText: true,
          ...(budget === undefined ? { effort: ReasoningEffort.MEDIUM } : {}),
        },
      }
    : {};
}
