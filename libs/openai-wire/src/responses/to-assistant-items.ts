import { dropCallSignature } from "@fairlead/adapter-kit/call-signature";
import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { Part, ReasoningPart } from "@fairlead/contracts/chat/v1/content";
import type { Message } from "@fairlead/contracts/chat/v1/message";
import type { ResponseInputItem } from "openai/resources/responses/responses";
import { RESPONSES_DIALECT } from "../dialects.ts";
import type { Writing } from "../writing.ts";
import { takeMessageFields } from "./message-fields.ts";

/** Content of messages; every other block of the dialect is an item of its own. */
const CONTENT_TYPE = /^(input|output)_|^refusal$/;

interface SaidMessage {
  type: "message";
  role: "assistant";
  content: object[];
}

/** An assistant's turn as items in order: what it said, thought and called. */
export function toAssistantItems(message: Message, path: string, writing: Writing): ResponseInputItem[] {
  const items: object[] = [];
  let open: SaidMessage | undefined;
  message.parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    const block = toBlock(part, at, writing);
    if (block === undefined) return;
    const item = withExtraFields(block, part, RESPONSES_DIALECT, at, writing.log);
    if (!CONTENT_TYPE.test((block as { readonly type?: string }).type ?? "")) {
      items.push(item);
      open = undefined;
      return;
    }
    const fields = takeMessageFields(item);
    if (open === undefined || Object.keys(fields).length > 0)
      items.push((open = { type: "message", role: "assistant", content: [], ...fields }));
    open.content.push(item);
  });
  return items as ResponseInputItem[];
}

function toBlock(part: Part, path: string, writing: Writing): object | undefined {
  const { flavor, log } = writing;
  if (part.cacheMarker !== undefined)
    log.emulated(`${path}.cache_marker`, `${flavor.name} caches long prompts by itself.`);
  const { content } = part;
  switch (content.case) {
    case "text":
      return { type: "output_text", text: content.value.text };
    case "refusal":
      return { type: "refusal", refusal: content.value.text };
    case "toolCall": {
      dropCallSignature(content.value, path, log);
      const { id, name, argumentsJson } = content.value;
      return { type: "function_call", call_id: id, name, arguments: argumentsJson || "{}" };
    }
    case "reasoning":
      return toReasoningItem(content.value, path, writing);
    case "foreign":
      return foreignBlock(part, RESPONSES_DIALECT, path, log);
    default:
      log.dropped(
        `${path}.${content.case ?? "content"}`,
        `${flavor.name} takes no such part in an assistant's message.`,
      );
      return undefined;
  }
}

/** Reasoning goes back to the deployment that made it, encrypted or by the id by which it is kept there. */
function toReasoningItem(
  reasoning: ReasoningPart,
  path: string,
  { flavor, deployment, log }: Writing,
): object | undefined {
  const { id, text, signature, provider } = reasoning;
  const made = provider === flavor.provider && (reasoning.deployment === "" || reasoning.deployment === deployment);
  if (!made || (signature.length === 0 && id === "")) {
    const reason = made
      ? "It is neither encrypted nor kept by the provider."
      : "Another provider or deployment made it.";
    log.dropped(`${path}.reasoning`, reason);
    return undefined;
  }
  return {
    type: "reasoning",
    ...(id === "" ? {} : { id }),
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(signature.length === 0 ? {} : { encrypted_content: bytesToState(signature) }),
  };
}
