import { changes } from "../changes.ts";
import type { Difference } from "../difference.ts";
import { brief, type Loose, parseJson } from "../json.ts";
import type { Wire } from "../wires.ts";
import { canonicalChat } from "./canonical-chat.ts";
import { canonicalCohere } from "./canonical-cohere.ts";
import { canonicalMessages } from "./canonical-messages.ts";
import { canonicalOllama } from "./canonical-ollama.ts";
import { canonicalResponses } from "./canonical-responses.ts";
import { isTold } from "./told-adaptations.ts";
import { canonicalGemini } from "./gemini.ts";

const CANONICAL: Readonly<Record<Wire, (body: unknown) => Loose>> = {
  "openai.chat": canonicalChat,
  "openai.responses": canonicalResponses,
  "anthropic.messages": canonicalMessages,
  "anthropic.count_tokens": canonicalMessages,
  "google.content": canonicalGemini,
  "cohere.chat": canonicalCohere,
  "ollama.chat": canonicalOllama,
};

/**
 * Fields that may be added, for they say what was meant without them: that reasoning is told apart from text and comes with the
 * state that it is handed back with, that a provider keeps nothing, a bound that one wants, and that Ollama takes the whole
 * prompt in place of what fits its small default.
 */
const MAY_BE_ADDED: ReadonlySet<string> = new Set([
  "stream",
  "store",
  "max_tokens",
  "reasoning_format",
  "include",
  "options",
  "truncate",
  "shift",
]);

/**
 * What of a recorded request its provider was not sent, and was sent beside it. A field that is told among the adaptations
 * may differ.
 */
export function compareRequests(wire: Wire, recorded: unknown, sent: string, adaptations: readonly string[]): Difference[] {
  const body = parseJson(sent);
  if (body === undefined) return [{ check: "request", detail: "what was sent is not JSON" }];
  const canonical = CANONICAL[wire];
  const [wanted, seen] = [canonical(recorded), canonical(body)];
  const lost = changes(wanted, seen, "").filter(({ path }) => !isTold(path, adaptations));
  const added = Object.keys(seen).filter((key) => !(key in wanted) && !MAY_BE_ADDED.has(key) && !isTold(key, adaptations));
  return [
    ...lost.slice(0, MOST).map(({ path, detail }) => ({ check: "request", detail: `${path} ${detail}` })),
    ...added.map((key) => ({ check: "request", detail: `${key} is added: ${brief(seen[key])}` })),
  ];
}

/** Changes told of one request at most. */
const MOST = 3;
