import { hashText } from "../answer/hash.ts";
import type { Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, textOf } from "../json.ts";

/** A search that Anthropic ran by itself before the text of an answer. */
export interface HostedSearch {
  readonly use: JsonObject;
  readonly query: string;
  readonly result: JsonObject;
  /** What the text of the answer rests on. */
  readonly citations: readonly JsonObject[];
}

const LONGEST_QUERY = 80;

/** Searches where the caller offers Anthropic's own search and speaks of searching. */
export function searchFor(body: JsonObject, { lastUserText, afterToolResult }: Question): HostedSearch | undefined {
  const offered = listOf(body["tools"]).some((tool) => isObject(tool) && /^web_search_\d+$/.test(textOf(tool["type"]) ?? ""));
  if (!offered || afterToolResult || !/\bsearch/i.test(lastUserText)) return undefined;
  const query = lastUserText.slice(0, LONGEST_QUERY);
  const key = hashText(query).toString(16).padStart(8, "0");
  const id = `srvtoolu_01${key}`;
  const page = { url: `https://example.com/${key}`, title: `About ${key}` };
  const found = { type: "web_search_result", ...page, encrypted_content: `content-${key}`, page_age: null };
  return {
    use: { type: "server_tool_use", id, name: "web_search", input: { query } },
    query,
    result: { type: "web_search_tool_result", tool_use_id: id, content: [found] },
    citations: [{ type: "web_search_result_location", ...page, encrypted_index: `index-${key}`, cited_text: `Says ${key}.` }],
  };
}

/** The counts of a search, for the usage of its answer. */
export function searchUsage(search: HostedSearch | undefined): JsonObject {
  return search === undefined ? {} : { server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } };
}
