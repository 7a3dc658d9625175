import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type CacheControl, withMarker } from "../cache-control.ts";
import type { Findings } from "../findings.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { readSeal } from "../reasoning-seal.ts";
import { type ContentBlock, isKnownBlock, type KnownBlock, type ThinkingBlock, type ToolResultBlock } from "./block-schema.ts";
import { fromCallState } from "./call-state.ts";
import { ANTHROPIC_MESSAGES, HOME } from "./home.ts";
import { toDocument, toImage } from "./to-media-part.ts";

const NO_BYTES = new Uint8Array(0);

const KNOWN: Readonly<Record<KnownBlock["type"], ReadonlySet<string>>> = {
  text: new Set(["type", "cache_control", "text"]),
  image: new Set(["type", "cache_control", "source"]),
  document: new Set(["type", "cache_control", "source", "title"]),
  tool_use: new Set(["type", "cache_control", "id", "name", "input", "extra_content"]),
  tool_result: new Set(["type", "cache_control", "tool_use_id", "content", "is_error"]),
  thinking: new Set(["type", "thinking", "signature"]),
  redacted_thinking: new Set(["type", "data"]),
};
const KNOWN_MARKER: ReadonlySet<string> = new Set(["type", "ttl"]);
const NOTHING: ReadonlySet<string> = new Set();

/** The parts of a message's content. A block without a counterpart becomes a part of this dialect alone. */
export function toParts(content: string | ContentBlock[], path: () => string, findings: Findings): Part[] {
  if (typeof content === "string") return [build.textPart(content)];
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const part = toPart(block, () => `${path()}[${index}]`, findings);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function toPart(block: ContentBlock, path: () => string, findings: Findings): Part | undefined {
  if (!isKnownBlock(block)) return foreignPart(ANTHROPIC_MESSAGES, block, path, findings);
  const part = toKnownPart(block, path, findings);
  return part === undefined ? undefined : withRest(part, block, path, findings);
}

/** Adds the cache marker and what else the block says. A marker that says more than the contract can is kept whole. */
function withRest(part: Part, block: KnownBlock, path: () => string, findings: Findings): Part {
  const marker = block["cache_control"] as CacheControl;
  if (isPlainMarker(marker)) withMarker(part, marker);
  else keepExtraFields(part, ANTHROPIC_MESSAGES, { cache_control: marker }, NOTHING, path, findings);
  return keepExtraFields(part, ANTHROPIC_MESSAGES, block, KNOWN[block.type], path, findings);
}

function isPlainMarker(marker: CacheControl): boolean {
  return marker === null || marker === undefined || Object.keys(marker).every((key) => KNOWN_MARKER.has(key));
}

function toKnownPart(block: KnownBlock, path: () => string, findings: Findings): Part | undefined {
  switch (block.type) {
    case "text":
      return build.textPart(block.text);
    case "image":
      return toImage(block.source, path, findings);
    case "document":
      return toDocument(block.source, block.title ?? "", path, findings);
    case "tool_use": {
      const signature = fromCallState(block.extra_content?.google?.thought_signature);
      return build.toolCallPart(block.id, block.name, JSON.stringify(block.input ?? {}), signature);
    }
    case "tool_result":
      return toToolResult(block, path, findings);
    case "thinking":
      return toReasoning(block);
    case "redacted_thinking": {
      const { provider, signature, ...kept } = readSeal(block.data, HOME);
      return build.reasoningPart("", signature, provider, true, kept);
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
  const { provider, signature, ...kept } = readSeal(text, HOME);
  return build.reasoningPart(thinking, signature, provider, false, kept);
}
