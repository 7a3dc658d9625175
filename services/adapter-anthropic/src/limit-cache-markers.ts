import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject } from "@fairlead/adapter-kit/json";
import type { AnthropicBody } from "./to-anthropic-request.ts";

/** Cache markers that Anthropic takes in one request. */
const MOST_MARKERS = 4;

/** Removes cache markers beyond those that Anthropic takes. The last ones stay, because they cover the longest prompts. */
export function limitCacheMarkers(body: AnthropicBody, log: AdaptationLog): void {
  const marked = markedBlocks(body);
  const surplus = marked.length + (isObject(body.cache_control) ? 1 : 0) - MOST_MARKERS;
  if (surplus <= 0) return;
  for (const block of marked.slice(0, surplus)) delete block.cache_control;
  log.dropped("messages", `Anthropic takes ${MOST_MARKERS} cache markers; the first ${surplus} were left out.`);
}

interface Marked {
  cache_control?: unknown;
}

/** In the order in which prompts are cached. */
function markedBlocks({ tools, system, messages }: AnthropicBody): Marked[] {
  const found: Marked[] = [];
  const visit = (blocks: unknown) => {
    if (!Array.isArray(blocks)) return;
    for (const block of blocks as unknown[]) {
      if (!isObject(block)) continue;
      if (block["type"] === "tool_result") visit(block["content"]);
      if (isObject(block["cache_control"])) found.push(block as Marked);
    }
  };
  visit(tools);
  visit(system);
  for (const { content } of messages) visit(content);
  return found;
}
