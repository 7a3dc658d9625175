import { asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";

/** Fields of a completion or a chunk that are read. Padding against the guessing of lengths says nothing. */
export const KNOWN_TOP: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "error",
  "obfuscation",
  "p",
]);
/** Fields of a choice that are read. Some servers send the message and the delta at once. */
export const KNOWN_CHOICE: ReadonlySet<string> = new Set(["index", "message", "delta", "finish_reason", "error"]);
/** Fields of a message or a delta that are read. */
export const KNOWN_MESSAGE: ReadonlySet<string> = new Set([
  "role",
  "content",
  "refusal",
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "tool_calls",
  "function_call",
  "audio",
  "images",
]);

/** Choices and tool calls of one answer at most: a hostile one must not make what is built of it grow. */
export const MAX_CHOICES = 64;
export const MAX_TOOL_CALLS = 1_024;

/** A piece of content: text, or reasoning that Mistral writes among it. */
export interface ContentPiece {
  readonly kind: "text" | "reasoning";
  readonly text: string;
}

const NONE: readonly ContentPiece[] = [];

/** Content, which is a text or, at some servers, a list of parts. No piece is empty. */
export function contentPieces(content: unknown): readonly ContentPiece[] {
  if (typeof content === "string") return content === "" ? NONE : [{ kind: "text", text: content }];
  return asList(content)
    .map(contentPiece)
    .filter(({ text }) => text !== "");
}

function contentPiece(item: unknown): ContentPiece {
  const part = asObject(item);
  if (part["type"] !== "thinking") return { kind: "text", text: asText(part["text"]) };
  const { thinking } = part;
  return { kind: "reasoning", text: typeof thinking === "string" ? thinking : joinTexts(thinking) };
}

function joinTexts(parts: unknown): string {
  return asList(parts)
    .map((part) => asText(asObject(part)["text"]))
    .join("");
}

/** Readable reasoning beside the content, wherever the server writes it. */
export function reasoningText(message: JsonObject): string {
  return (
    asText(message["reasoning_content"]) || asText(message["reasoning"]) || detailsText(message["reasoning_details"])
  );
}

function detailsText(details: unknown): string {
  if (!Array.isArray(details)) return "";
  return details.map((detail) => asText(asObject(detail)["text"]) || asText(asObject(detail)["summary"])).join("");
}

/** The calls of a message or a delta; what is left of the form before tools counts as one. */
export function calledTools(message: JsonObject): readonly JsonObject[] {
  const calls = asList(message["tool_calls"]);
  if (calls.length > 0) return calls.map(asObject);
  const { function_call: legacy } = message;
  return isObject(legacy) ? [{ index: 0, function: legacy }] : [];
}

/** Arguments or a fragment of them, which some servers write as an object. */
export function argumentsText(value: unknown): string {
  return isObject(value) ? JSON.stringify(value) : asText(value);
}

/** Unix seconds that a provider told, 0 where it told none. */
export function asUnixSeconds(value: unknown): number {
  return typeof value === "number" && value > 0 && value < 1e11 ? Math.trunc(value) : 0;
}

/** Id of a call for which the server gave none; results must name one. */
export function callId(given: unknown, index: number): string {
  return asText(given) || `call_${index}`;
}
