import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { type MessageSchema, Role } from "@fairlead/contracts/chat/v1/message";
import { list, type Loose, object, objects, text } from "../json.ts";
import type { ChatFields } from "./chat-fields.ts";
import { given, unknownFields } from "./unknown-fields.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

const KNOWN = new Set(["model", "messages", "tools", "stream", "format", "options", "think"]);
const KNOWN_OPTIONS = new Set([
  "temperature",
  "top_p",
  "top_k",
  "num_predict",
  "seed",
  "stop",
  "frequency_penalty",
  "presence_penalty",
]);
const ROLES: Readonly<Record<string, Role>> = {
  system: Role.SYSTEM,
  user: Role.USER,
  assistant: Role.ASSISTANT,
  tool: Role.TOOL,
};
const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  low: ReasoningEffort.LOW,
  medium: ReasoningEffort.MEDIUM,
  high: ReasoningEffort.HIGH,
};

/** Turns a recorded body of Ollama's chat into the contract's words; what it has none for stands among its unknown fields. */
export function fromOllama(body: Loose): ChatRequest {
  const options = object(body["options"]);
  const left = Object.fromEntries(Object.entries(options).filter(([key]) => !KNOWN_OPTIONS.has(key)));
  const pending: string[] = [];
  return create(ChatRequestSchema, {
    model: text(body["model"]),
    messages: objects(body["messages"]).map((message) => toMessage(message, pending)),
    tools: objects(body["tools"]).map((tool) => {
      const { name, description, parameters } = object(tool["function"]);
      return {
        name: text(name),
        description: text(description),
        parametersJson: parameters === undefined ? "" : JSON.stringify(parameters),
      };
    }),
    ...given("temperature", options["temperature"]),
    ...given("topP", options["top_p"]),
    ...given("topK", options["top_k"]),
    ...given("maxOutputTokens", options["num_predict"]),
    ...given("frequencyPenalty", options["frequency_penalty"]),
    ...given("presencePenalty", options["presence_penalty"]),
    ...(typeof options["seed"] === "number" ? { seed: BigInt(options["seed"]) } : {}),
    stopSequences: list(options["stop"]).map(text),
    ...toFormat(body["format"]),
    ...toReasoning(body["think"]),
    unknownFields: [
      ...unknownFields("ollama.chat", body, KNOWN),
      ...(Object.keys(left).length === 0 ? [] : unknownFields("ollama.chat", { options: left }, new Set())),
    ],
  });
}

/** Ollama's calls have no ids: results answer them in order. */
function toMessage(message: Loose, pending: string[]): MessageInitShape<typeof MessageSchema> {
  const role = ROLES[text(message["role"])] ?? Role.USER;
  const words = text(message["content"]);
  const said: PartInit[] = words === "" ? [] : [{ content: { case: "text", value: { text: words } } }];
  if (role === Role.TOOL) {
    const toolCallId = text(message["tool_call_id"]) || (pending.shift() ?? "");
    return {
      role,
      parts: [{ content: { case: "toolResult", value: { toolCallId, name: text(message["tool_name"]), content: said } } }],
    };
  }
  const thinking = text(message["thinking"]);
  const thought: PartInit[] =
    thinking === "" ? [] : [{ content: { case: "reasoning", value: { text: thinking, provider: "ollama" } } }];
  const images = list(message["images"]).map((data): PartInit => {
    const value = new Uint8Array(Buffer.from(text(data), "base64"));
    return { content: { case: "image", value: { source: { location: { case: "inline", value } } } } };
  });
  const calls = objects(message["tool_calls"]).map((call): PartInit => {
    const { name, arguments: value } = object(call["function"]);
    const id = text(call["id"]) || `call_${pending.length}`;
    pending.push(id);
    return { content: { case: "toolCall", value: { id, name: text(name), argumentsJson: JSON.stringify(value ?? {}) } } };
  });
  return { role, parts: [...thought, ...said, ...images, ...calls] };
}

function toFormat(format: unknown): ChatFields {
  if (format === "json") return { responseFormat: { format: { case: "jsonObject", value: {} } } };
  if (typeof format !== "object" || format === null) return {};
  return { responseFormat: { format: { case: "jsonSchema", value: { name: "answer", schemaJson: JSON.stringify(format) } } } };
}

function toReasoning(think: unknown): ChatFields {
  if (think === false) return { reasoning: { effort: ReasoningEffort.NONE } };
  if (think === true) return { reasoning: { includeText: true } };
  const effort = EFFORTS[text(think)];
  return effort === undefined ? {} : { reasoning: { effort, includeText: true } };
}
