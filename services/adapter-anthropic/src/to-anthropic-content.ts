import type { CacheControlEphemeral, TextBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import { type MediaBlock, toAnthropicMedia } from "./to-anthropic-media.ts";

/** A block of the caller's own, as it is written in Anthropic's dialect. */
export type ForeignBlock = JsonObject & { readonly type: string; cache_control?: CacheControlEphemeral };

/** Blocks that a user's turn, a tool's result and, the text alone, the system text are made of. */
export type PlainBlock = TextBlockParam | MediaBlock | ForeignBlock;

const FIVE_MINUTES = 300;
const HOUR = 3_600;

/** A text, picture, document or foreign block; undefined for what Anthropic cannot take, which is noted. */
export function toPlainBlock(part: Part, path: string, log: AdaptationLog): PlainBlock | undefined {
  const block = toBlock(part, path, log);
  if (block === undefined) {
    if (part.cacheMarker !== undefined) log.dropped(`${path}.cache_marker`, "What it marks is not sent.");
    return undefined;
  }
  return complete(block, part, path, log);
}

/** Adds a part's cache marker and extra fields to the block that was written for it. */
export function complete<T extends { cache_control?: CacheControlEphemeral | null }>(block: T, part: Part, path: string, log: AdaptationLog): T {
  const marker = toCacheControl(part, path, log);
  if (marker !== undefined) block.cache_control ??= marker;
  return withExtraFields(block, part, ANTHROPIC_DIALECT, path, log);
}

function toBlock(part: Part, path: string, log: AdaptationLog): PlainBlock | undefined {
  const { content } = part;
  switch (content.case) {
    case "text":
    case "refusal":
      return toText(content.value.text, path, log);
    case "image":
    case "file":
    case "audio":
      return toAnthropicMedia(content, path, log);
    case "foreign":
      return foreignBlock(part, ANTHROPIC_DIALECT, path, log) as ForeignBlock | undefined;
    default:
      log.dropped(`${path}.${content.case ?? "content"}`, "Anthropic takes no such part in this place.");
      return undefined;
  }
}

/** Anthropic refuses texts that are empty or of white space alone. */
function toText(text: string, path: string, log: AdaptationLog): TextBlockParam | undefined {
  if (text.trim() !== "") return { type: "text", text };
  if (text !== "") log.emulated(`${path}.text`, "Anthropic refuses a text of white space alone; it is left out.");
  return undefined;
}

/** The cache marker of a part or tool. Anthropic keeps prompts for five minutes or an hour. */
export function toCacheControl(
  marked: Pick<Part, "cacheMarker">,
  path: string,
  log: AdaptationLog,
): CacheControlEphemeral | undefined {
  const seconds = marked.cacheMarker?.ttlSeconds;
  if (seconds === undefined) return undefined;
  if (seconds === 0) return { type: "ephemeral" };
  if (seconds !== FIVE_MINUTES && seconds !== HOUR) {
    log.clamped(`${path}.cache_marker.ttl_seconds`, "Anthropic keeps prompts for 300 or 3600 seconds.");
  }
  return { type: "ephemeral", ttl: seconds <= FIVE_MINUTES ? "5m" : "1h" };
}
