import { extraFieldsOf, foreignPart } from "@fairlead/adapter-kit/foreign";
import { asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { ANTHROPIC_DIALECT } from "./dialect.ts";

/** How blocks of tools are read. */
export interface AnthropicReading {
  /** The caller's name of a tool. */
  readonly toolName: (name: string) => string;
  /** The tool whose arguments are the answer's text, as the model knows no other way to follow a schema. Empty: none. */
  readonly answerTool: string;
}

/** For answers to requests whose tools are all known by their own names. */
export const PLAIN_READING: AnthropicReading = { toolName: (name) => name, answerTool: "" };

const KNOWN_FIELDS: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ["text", new Set(["type", "text"])],
  ["thinking", new Set(["type", "thinking", "signature"])],
  ["redacted_thinking", new Set(["type", "data"])],
  ["tool_use", new Set(["type", "id", "name", "input"])],
]);

/** Fields of a block that are not known, such as citations of a text or the caller of a tool. */
export function blockExtras(block: JsonObject, prefix = ""): UnknownField[] {
  const known = KNOWN_FIELDS.get(block["type"]);
  return known === undefined ? [] : extraFieldsOf(block, known, ANTHROPIC_DIALECT, prefix);
}

/** Whether a text is apart from its neighbours, because something belongs to it alone. Others become one with them. */
export function standsAlone(block: JsonObject, extras: readonly UnknownField[]): boolean {
  return block["type"] === "text" && (extras.length > 0 || Array.isArray(block["citations"]));
}

/** Reads the blocks of a message. Blocks of the provider's own tools, and of later versions, are foreign parts. */
export function fromAnthropicBlocks(blocks: readonly unknown[], reading: AnthropicReading): Part[] {
  const parts: Part[] = [];
  let apart = false;
  for (const each of blocks) {
    const block = asObject(each);
    const extras = blockExtras(block);
    const alone = standsAlone(block, extras);
    const before = parts.length;
    if (alone || apart) parts.push(...readBlock(block, reading));
    else addBlock(parts, block, reading);
    const added = parts.length > before ? parts.at(-1) : undefined;
    if (added !== undefined) added.extraFields = extras;
    apart = alone;
  }
  return parts;
}

function readBlock(block: JsonObject, reading: AnthropicReading): Part[] {
  const parts: Part[] = [];
  addBlock(parts, block, reading);
  return parts;
}

function addBlock(parts: Part[], block: JsonObject, reading: AnthropicReading): void {
  switch (block["type"]) {
    case "text":
      return addText(parts, asText(block["text"]));
    case "thinking":
      return addThinking(parts, asText(block["thinking"]), asText(block["signature"]), false);
    case "redacted_thinking":
      return addThinking(parts, "", asText(block["data"]), true);
    case "tool_use":
      return addToolUse(parts, block, reading);
    default: {
      const foreign = foreignPart(ANTHROPIC_DIALECT, block);
      if (foreign !== undefined) parts.push(foreign);
    }
  }
}

function addThinking(parts: Part[], text: string, state: string, redacted: boolean): void {
  addReasoning(parts, { text, signature: stateToBytes(state), redacted, provider: "anthropic" });
}

function addToolUse(parts: Part[], block: JsonObject, reading: AnthropicReading): void {
  const argumentsJson = JSON.stringify(block["input"] ?? {});
  const name = asText(block["name"]);
  if (reading.answerTool !== "" && name === reading.answerTool) return addText(parts, argumentsJson);
  addToolCall(parts, { id: asText(block["id"]), name: reading.toolName(name), argumentsJson, signature: stateToBytes("") });
}
