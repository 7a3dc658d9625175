import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type CacheControl, withMarker } from "../cache-control.ts";
import type { Findings } from "../findings.ts";
import { keepNested, keepUnknownKeys } from "../leftovers.ts";
import * as build from "../part-builders.ts";
import { readSeal } from "../reasoning-seal.ts";
import {
  isKnownBlock,
  type KnownBlock,
  type OtherBlock,
  type ThinkingBlock,
  type ToolResultBlock,
} from "./block-schema.ts";
import { HOME } from "./home.ts";
import { toDocument, toImage } from "./to-media-part.ts";

const NO_BYTES = new Uint8Array(0);

const KNOWN: Readonly<Record<KnownBlock["type"], ReadonlySet<string>>> = {
  text: new Set(["type", "cache_control", "text"]),
  image: new Set(["type", "cache_control", "source"]),
  document: new Set(["type", "cache_control", "source", "title"]),
  tool_use: new Set(["type", "cache_control", "id", "name", "input"]),
  tool_result: new Set(["type", "cache_control", "tool_use_id", "content", "is_error"]),
  thinking: new Set(["type", "thinking", "signature"]),
  redacted_thinking: new Set(["type", "data"]),
};

/** The parts of a message's content. Blocks without a counterpart are kept among the unknown fields. */
export function toParts(content: string | (KnownBlock | OtherBlock)[], path: () => string, findings: Findings): Part[] {
  if (typeof content === "string") return [build.textPart(content)];
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const part = toPart(block, () => `${path()}[${index}]`, findings);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function toPart(block: KnownBlock | OtherBlock, path: () => string, findings: Findings): Part | undefined {
  if (!isKnownBlock(block)) {
    keepNested(findings.leftovers, "messages", path(), block);
    return undefined;
  }
  keepUnknownKeys(findings.leftovers, "messages", path, block, KNOWN[block.type]);
  const part = toKnownPart(block, path, findings);
  return part === undefined ? undefined : withMarker(part, block["cache_control"] as CacheControl);
}

function toKnownPart(block: KnownBlock, path: () => string, findings: Findings): Part | undefined {
  switch (block.type) {
    case "text":
      return build.textPart(block.text);
    case "image":
      return toImage(block, path, findings);
    case "document":
      return toDocument(block, path, findings);
    case "tool_use":
      return build.toolCallPart(block.id, block.name, JSON.stringify(block.input ?? {}));
    case "tool_result":
      return toToolResult(block, path, findings);
    case "thinking":
      return toReasoning(block);
    case "redacted_thinking": {
      const { provider, signature } = readSeal(block.data, HOME);
      return build.reasoningPart("", signature, provider, true);
    }
  }
}

function toToolResult(block: ToolResultBlock, path: () => string, findings: Findings): Part {
  const content = toParts(block.content || [], () => `${path()}.content`, findings);
  return build.toolResultPart(block.tool_use_id, "", content, block.is_error ?? false);
}

/** Thinking without a signature is nobody's: Anthropic itself refuses it. */
function toReasoning({ thinking, signature: text }: ThinkingBlock): Part {
  if (text === undefined || text === null || text === "") return build.reasoningPart(thinking, NO_BYTES, "");
  const { provider, signature } = readSeal(text, HOME);
  return build.reasoningPart(thinking, signature, provider);
}
