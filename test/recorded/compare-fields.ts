import { changes } from "./changes.ts";
import type { Difference } from "./difference.ts";
import { type Loose, object, parseJson } from "./json.ts";
import type { Wire } from "./wires.ts";

/**
 * Fields by path, without indexes, that are checked otherwise or that the mesh writes anew: ids and times, what is said, and
 * what was used. Perplexity sends an empty `delta` beside a whole message.
 */
const ELSEWHERE: Readonly<Partial<Record<Wire, ReadonlySet<string>>>> = {
  "openai.chat": new Set([
    "id",
    "object",
    "created",
    "usage",
    "choices.index",
    "choices.finish_reason",
    "choices.delta",
    "choices.message.content",
    "choices.message.refusal",
    "choices.message.reasoning",
    "choices.message.reasoning_content",
    "choices.message.reasoning_details",
    "choices.message.tool_calls",
  ]),
  "openai.responses": new Set(["output.id", "output.status"]),
  "anthropic.messages": new Set(["id", "usage"]),
};

/** Fields of a Responses answer that are the answer's; all others say again how it was asked for, as its caller wrote it. */
const OF_THE_ANSWER: ReadonlySet<string> = new Set(["output", "status", "model", "service_tier", "incomplete_details"]);

/** What of a whole answer is not told to a caller of the same dialect, beside what is checked otherwise. */
export function compareFields(wire: Wire, recorded: string, seen: Loose): Difference[] {
  const elsewhere = ELSEWHERE[wire];
  if (elsewhere === undefined) return [];
  const body = object(parseJson(recorded));
  const own =
    wire === "openai.responses" ? Object.fromEntries(Object.entries(body).filter(([key]) => OF_THE_ANSWER.has(key))) : body;
  const lost = changes(prune(own, "", elsewhere), seen, "");
  return lost.slice(0, MOST).map(({ path, detail }) => ({ check: "answer fields", detail: `${path} ${detail}` }));
}

/** Changes told of one answer at most. */
const MOST = 3;

function prune(value: unknown, path: string, elsewhere: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => prune(one, path, elsewhere));
  if (typeof value !== "object" || value === null) return value;
  if (path === "output" && object(value)["type"] === "reasoning") return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const at = path === "" ? key : `${path}.${key}`;
      const nothing = inner === null || (Array.isArray(inner) && inner.length === 0);
      return elsewhere.has(at) || nothing ? [] : [[key, prune(inner, at, elsewhere)]];
    }),
  );
}
