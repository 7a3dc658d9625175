import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type ChatRequest, ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { type MessageSchema, Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { list, type Loose, object, objects, text } from "../json.ts";
import type { ChatFields } from "./chat-fields.ts";
import { canonicalGemini } from "./gemini.ts";

import { given, unknownFields } from "./unknown-fields.ts";

type PartInit = MessageInitShape<typeof PartSchema>;
type MessageInit = MessageInitShape<typeof MessageSchema>;

const DIALECT = "google.content";
const KNOWN = new Set(["contents", "systemInstruction", "generationConfig", "toolConfig", "declarations", "hosted"]);
const KNOWN_CONFIG = new Set([
  "temperature",
  "topP",
  "topK",
  "maxOutputTokens",
  "stopSequences",
  "candidateCount",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "thinkingConfig",
  "responseMimeType",
  "schema",
]);
const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  minimal: ReasoningEffort.MINIMAL,
  low: ReasoningEffort.LOW,
  medium: ReasoningEffort.MEDIUM,
  high: ReasoningEffort.HIGH,
};

/** Turns a recorded body of generateContent into the contract's words; what it has none for stands among its unknown fields. */
export function fromGemini(model: string, body: unknown): ChatRequest {
  const canonical = canonicalGemini(body);
  const config = object(canonical["generationConfig"]);
  const system = list(canonical["systemInstruction"]).map((words): PartInit => ({
    content: { case: "text", value: { text: text(words) } },
  }));
  const tools = [...objects(canonical["declarations"])];
  const hosted = objects(canonical["hosted"]);
  const leftConfig = Object.fromEntries(Object.entries(config).filter(([key]) => !KNOWN_CONFIG.has(key)));
  const written = object(body);
  return create(ChatRequestSchema, {
    model,
    messages: [
      ...(system.length === 0 ? [] : [{ role: Role.SYSTEM, parts: system }]),
      ...toMessages(objects(canonical["contents"])),
    ],
    tools: tools.map(({ name, description, parameters }) => ({
      name: text(name),
      description: text(description),
      parametersJson: parameters === undefined ? "" : JSON.stringify(parameters),
    })),
    ...toToolChoice(object(object(canonical["toolConfig"])["functionCallingConfig"])),
    ...toSettings(config),
    unknownFields: [
      ...unknownFields(DIALECT, canonical, KNOWN),
      // A list with a tool that only the provider runs is handed on whole.
      ...(hosted.length === 0 ? [] : unknownFields(DIALECT, { tools: written["tools"] }, new Set())),
      ...(Object.keys(leftConfig).length === 0 ? [] : unknownFields(DIALECT, { generationConfig: leftConfig }, new Set())),
      ...(needsToolConfig(object(canonical["toolConfig"]))
        ? unknownFields(DIALECT, { toolConfig: canonical["toolConfig"] }, new Set())
        : []),
    ],
  });
}

function needsToolConfig({ functionCallingConfig, ...rest }: Loose): boolean {
  return Object.keys(rest).length > 0 || list(object(functionCallingConfig)["allowedFunctionNames"]).length > 1;
}

function toMessages(contents: readonly Loose[]): MessageInit[] {
  const ids = new Map<string, string[]>();
  let made = 0;
  return contents.flatMap(({ role, parts }): MessageInit[] => {
    const written = objects(parts);
    if (text(role) === "model")
      return [
        {
          role: Role.ASSISTANT,
          parts: written.map((part) => toModelPart(part, (name, id) => remember(ids, name, id || `call_${made++}`))),
        },
      ];
    const results = written
      .filter((part) => "functionResponse" in part)
      .map((part) => toResult(object(part["functionResponse"]), ids));
    const said = written.filter((part) => !("functionResponse" in part)).map(toUserPart);
    return [
      ...(results.length === 0 ? [] : [{ role: Role.TOOL, parts: results }]),
      ...(said.length === 0 ? [] : [{ role: Role.USER, parts: said }]),
    ];
  });
}

function remember(ids: Map<string, string[]>, name: string, id: string): string {
  ids.set(name, [...(ids.get(name) ?? []), id]);
  return id;
}

const encoder = new TextEncoder();

function toModelPart(part: Loose, idOf: (name: string, id: string) => string): PartInit {
  const signature = encoder.encode(text(part["thoughtSignature"]));
  const call = object(part["functionCall"]);
  if (typeof call["name"] === "string") {
    const value = {
      id: idOf(call["name"], text(call["id"])),
      name: call["name"],
      argumentsJson: JSON.stringify(call["args"] ?? {}),
      signature,
    };
    return { content: { case: "toolCall", value } };
  }
  if (part["thought"] === true || (signature.length > 0 && !("text" in part) && Object.keys(part).length === 1)) {
    return { content: { case: "reasoning", value: { text: text(part["text"]), signature, provider: "google" } } };
  }
  return typeof part["text"] === "string" ? { content: { case: "text", value: { text: part["text"] } } } : toUserPart(part);
}

function toResult({ id, name, response }: Loose, ids: Map<string, string[]>): PartInit {
  const toolCallId = text(id) || (ids.get(text(name))?.shift() ?? "");
  const content = [{ content: { case: "text" as const, value: { text: JSON.stringify(response ?? {}) } } }];
  return { content: { case: "toolResult", value: { toolCallId, name: text(name), content } } };
}

function toUserPart(part: Loose): PartInit {
  if (typeof part["text"] === "string") return { content: { case: "text", value: { text: part["text"] } } };
  const inline = object(part["inlineData"]);
  const file = object(part["fileData"]);
  const mimeType = text(inline["mimeType"] ?? file["mimeType"]);
  const kind = mimeType.startsWith("image/") ? "image" : mimeType.startsWith("audio/") ? "audio" : "file";
  if ("data" in inline)
    return media(kind, {
      location: { case: "inline", value: new Uint8Array(Buffer.from(text(inline["data"]), "base64")) },
      mimeType,
    });
  if ("fileUri" in file) return media(kind, { location: { case: "fileId", value: text(file["fileUri"]) }, mimeType });
  return { content: { case: "foreign", value: { dialect: DIALECT, value: fromJson(ValueSchema, part as JsonValue) } } };
}

function media(
  kind: "image" | "audio" | "file",
  source: { location: { case: "inline"; value: Uint8Array<ArrayBuffer> } | { case: "fileId"; value: string }; mimeType: string },
): PartInit {
  return { content: { case: kind, value: { source } } };
}

function toToolChoice({ mode, allowedFunctionNames }: Loose): ChatFields {
  const names = list(allowedFunctionNames);
  if (names.length === 1) return { toolChoice: { mode: ToolChoiceMode.NAMED, name: text(names[0]) } };
  const modes: Readonly<Record<string, ToolChoiceMode>> = {
    AUTO: ToolChoiceMode.AUTO,
    ANY: ToolChoiceMode.REQUIRED,
    NONE: ToolChoiceMode.NONE,
  };
  const found = modes[text(mode)];
  return found === undefined ? {} : { toolChoice: { mode: found } };
}

function toSettings(config: Loose): ChatFields {
  const thinking = object(config["thinkingConfig"]);
  const effort = EFFORTS[text(thinking["thinkingLevel"]).toLowerCase()];
  const reasoning = {
    ...given("budgetTokens", thinking["thinkingBudget"]),
    ...(effort === undefined ? {} : { effort }),
    includeText: thinking["includeThoughts"] === true,
  };
  return {
    ...given("temperature", config["temperature"]),
    ...given("topP", config["topP"]),
    ...given("topK", config["topK"]),
    ...given("maxOutputTokens", config["maxOutputTokens"]),
    ...given("candidateCount", config["candidateCount"]),
    ...given("presencePenalty", config["presencePenalty"]),
    ...given("frequencyPenalty", config["frequencyPenalty"]),
    ...(typeof config["seed"] === "number" ? { seed: BigInt(config["seed"]) } : {}),
    stopSequences: list(config["stopSequences"]).map(text),
    ...("thinkingConfig" in config ? { reasoning } : {}),
    ...toFormat(config),
  };
}

function toFormat({ schema, responseMimeType }: Loose): ChatFields {
  if (schema !== undefined)
    return { responseFormat: { format: { case: "jsonSchema", value: { name: "answer", schemaJson: JSON.stringify(schema) } } } };
  return responseMimeType === "application/json" ? { responseFormat: { format: { case: "jsonObject", value: {} } } } : {};
}
