import { pathOf } from "./destination.ts";
import { object, parseJson, text } from "./json.ts";
import type { Recording } from "./recording.ts";

/** A form in which exchanges are written. */
export type Wire =
  | "openai.chat"
  | "openai.responses"
  | "anthropic.messages"
  | "anthropic.count_tokens"
  | "google.content"
  | "cohere.chat"
  | "ollama.chat";

/** What a recording is written in, or why it is left out. */
export type Classified =
  | { readonly kind: "wire"; readonly wire: Wire; readonly streamed: boolean }
  | { readonly kind: "not_carried"; readonly what: string; readonly reason: string };

const ENDPOINTS: readonly (readonly [RegExp, Wire])[] = [
  [/\/chat\/completions$/, "openai.chat"],
  [/\/responses$/, "openai.responses"],
  [/\/messages\/count_tokens$/, "anthropic.count_tokens"],
  [/^(?!.*\/threads\/).*\/messages$/, "anthropic.messages"],
  [/:(stream)?generateContent$/i, "google.content"],
  [/\/v2\/chat$/, "cohere.chat"],
  [/\/api\/chat$/, "ollama.chat"],
];

/** What the product does not carry by decision; the first that fits counts. */
const NOT_CARRIED: readonly (readonly [RegExp, string, string])[] = [
  [/\/(threads|assistants|runs)(\/|$)/, "Assistants", "threads are kept by the provider, and its successor is the Responses API"],
  [/\/completions$/, "legacy completions", "a prompt without roles; chat completions and Responses took its place"],
  [/\/v1\/chat$/, "Cohere v1 chat", "Cohere's v2 chat took its place"],
  [/\/api\/generate$/, "Ollama generate", "a prompt without roles; /api/chat says the same"],
  [
    /\/embeddings$|:(batch)?embedContents?$|\/(embed|api\/embed)$/,
    "embeddings",
    "they have no stream and no roles; tests of each adapter hold them",
  ],
  [/\/images\//, "image generation", "it is no chat"],
  [/\/audio\//, "speech", "it is no chat"],
  [
    /\/(files|batches|fine_tuning|vector_stores|moderations|models|cachedContents)(\/|$)/,
    "provider's own storage and administration",
    "it is no chat",
  ],
  [/\/realtime(\/|$)/, "realtime", "it is no exchange of a request and an answer"],
  [/\/rerank$/, "rerank", "it is no chat"],
  [/\/interactions(\/|$)/, "Gemini interactions", "the conversation is kept by the provider; generateContent is spoken"],
  [/\/model\/[^/]+\/(converse|invoke)/, "Bedrock", "there is no adapter of Bedrock"],
];

/** Tells in which form a recording is written. What nobody knows is named, not guessed at. */
export function classify(recording: Recording): Classified {
  const streamed = isStreamed(recording);
  if (recording.form === "error")
    return { kind: "wire", wire: recording.provider === "anthropic" ? "anthropic.messages" : "openai.chat", streamed };
  if (recording.request === undefined) return classifyBody(recording.response.body, streamed);
  const path = recording.request.url.replace(/[?#].*$/, "");
  const wire = ENDPOINTS.find(([pattern]) => pattern.test(path))?.[1];
  if (wire !== undefined) return { kind: "wire", wire, streamed };
  const [, what, reason] = NOT_CARRIED.find(([pattern]) => pattern.test(path)) ?? [];
  if (what !== undefined && reason !== undefined) return { kind: "not_carried", what, reason };
  const name = recording.api === "" ? pathOf(path) : recording.api;
  return {
    kind: "not_carried",
    what: `unknown API ${name} of ${recording.provider}`,
    reason: "nobody has told this runner what it is",
  };
}

function isStreamed({ response }: Recording): boolean {
  return /event-stream|ndjson|stream\+json/.test(response.headers["content-type"] ?? "");
}

/** First sound object of a body, whatever form it has. */
export function firstObject(body: string): Record<string, unknown> {
  const whole = parseJson(body);
  if (whole !== undefined) return object(Array.isArray(whole) ? whole[0] : whole);
  const lines = body.split("\n").map((line) => line.replace(/^data:\s*/, ""));
  return object(lines.map((line) => (line.startsWith("{") ? parseJson(line) : undefined)).find((value) => value !== undefined));
}

const SHAPES: readonly (readonly [(first: Record<string, unknown>) => boolean, Wire])[] = [
  [(first) => "choices" in first || text(first["object"]).startsWith("chat.completion"), "openai.chat"],
  [(first) => first["object"] === "response" || text(first["type"]).startsWith("response."), "openai.responses"],
  [(first) => first["type"] === "message" || first["type"] === "message_start", "anthropic.messages"],
  [(first) => "candidates" in first || "promptFeedback" in first || "usageMetadata" in first, "google.content"],
  [(first) => first["type"] === "message-start" || ("message" in first && "finish_reason" in first), "cohere.chat"],
  [(first) => "message" in first && "done" in first, "ollama.chat"],
  [(first) => first["type"] === "error" && "error" in first, "anthropic.messages"],
  [(first) => typeof first["error"] === "object", "openai.responses"],
];

const SHAPES_NOT_CARRIED: readonly (readonly [(first: Record<string, unknown>) => boolean, string, string])[] = [
  [
    (first) => first["object"] === "interaction" || "interaction" in first,
    "Gemini interactions",
    "the conversation is kept by the provider; generateContent is spoken",
  ],
  [
    (first) => "output" in first || Object.keys(first).some((key) => /^(contentBlock|message)(Start|Delta|Stop)/.test(key)),
    "Bedrock",
    "there is no adapter of Bedrock",
  ],
];

function classifyBody(body: string, streamed: boolean): Classified {
  const first = firstObject(body);
  const wire = SHAPES.find(([fits]) => fits(first))?.[1];
  if (wire !== undefined) return { kind: "wire", wire, streamed };
  const [, what, reason] = SHAPES_NOT_CARRIED.find(([fits]) => fits(first)) ?? [];
  if (what !== undefined && reason !== undefined) return { kind: "not_carried", what, reason };
  return {
    kind: "not_carried",
    what: `unknown body with ${Object.keys(first).slice(0, 4).join(", ")}`,
    reason: "nobody has told this runner what it is",
  };
}
