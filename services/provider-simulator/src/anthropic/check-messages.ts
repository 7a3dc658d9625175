import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { checkIds } from "./check-ids.ts";
import { invalid } from "./errors.ts";

/** Checks roles, blocks, signatures of thinking, and that each tool use is answered in the turn after it. */
export function checkMessages(messages: unknown): Refusal | undefined {
  if (messages === undefined) return invalid("messages: Field required");
  if (!Array.isArray(messages)) return invalid("messages: Input should be a valid list");
  if (messages.length === 0) return invalid("messages: at least one message is required");
  for (const [index, message] of messages.entries()) {
    const refusal = checkMessage(message, index) ?? checkToolUse(messages, index);
    if (refusal !== undefined) return refusal;
  }
  return checkIds(messages) ?? checkPrefill(messages.at(-1));
}

function checkPrefill(last: JsonObject | undefined): Refusal | undefined {
  if (last?.["role"] !== "assistant") return undefined;
  const { content } = last;
  const block = typeof content === "string" ? content : textOf(objectOf(listOf(content).at(-1))?.["text"]);
  return block === undefined || block === block.trimEnd() ? undefined : invalid("messages: final assistant content cannot end with trailing whitespace");
}

function checkMessage(message: unknown, index: number): Refusal | undefined {
  if (!isObject(message)) return invalid(`messages.${index}: Input should be an object`);
  const { role, content } = message;
  if (role !== "user" && role !== "assistant") {
    return invalid(
      `messages: Unexpected role "${String(role).slice(0, 40)}". Allowed roles are "user" or "assistant"; ` +
        "a system prompt goes into the top-level `system` parameter.",
    );
  }
  if (typeof content === "string") return content === "" && role === "user" ? emptyContent(index) : undefined;
  if (!Array.isArray(content)) return invalid(`messages.${index}.content: Field required`);
  for (const [place, block] of content.entries()) {
    const refusal = checkBlock(block, `messages.${index}.content.${place}`);
    if (refusal !== undefined) return refusal;
  }
  return content.length === 0 && role === "user" ? emptyContent(index) : undefined;
}

function checkBlock(block: unknown, place: string): Refusal | undefined {
  if (!isObject(block) || textOf(block["type"]) === undefined) return invalid(`${place}.type: Field required`);
  if (block["type"] === "text" && block["text"] === "")
    return invalid("messages: text content blocks must be non-empty");
  if (block["type"] === "text" && textOf(block["text"])?.trim() === "")
    return invalid("messages: text content blocks must contain non-whitespace text");
  if (block["type"] === "thinking" && (textOf(block["signature"]) ?? "") === "") {
    return invalid(`${place}.thinking.signature: Field required`);
  }
  return undefined;
}

function emptyContent(index: number): Refusal {
  return invalid(
    `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
  );
}

function checkToolUse(messages: readonly JsonObject[], index: number): Refusal | undefined {
  const uses = idsIn(messages[index], "tool_use", "id");
  const results = new Set(idsIn(messages[index + 1], "tool_result", "tool_use_id"));
  const open = uses.filter((id) => !results.has(id));
  if (open.length > 0) {
    return invalid(
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
        `${open.slice(0, 8).join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block ` +
        "in the next message.",
    );
  }
  const before = new Set(idsIn(messages[index - 1], "tool_use", "id"));
  const stray = idsIn(messages[index], "tool_result", "tool_use_id").find((id) => !before.has(id));
  if (stray === undefined) return undefined;
  return invalid(
    `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. ` +
      "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
  );
}

function idsIn(message: JsonObject | undefined, type: string, field: string): readonly string[] {
  const blocks = listOf(message?.["content"]).filter(isObject);
  return blocks.filter((block) => block["type"] === type).map((block) => String(block[field]));
}
