import { partsBytes } from "@fairlead/adapter-kit/estimate-usage";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import { asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { addReasoning, addText, addToolCall } from "@fairlead/adapter-kit/parts";
import type { Adaptation, ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { OLLAMA_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";
import { fromOllamaDoneReason } from "./finish-reason.ts";
import { fromOllamaUsage } from "./usage.ts";

/** Fields that every answer has: durations in nanoseconds among them, which nobody asks for. */
export const ANSWER_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "created_at",
  "message",
  "done",
  "done_reason",
  "total_duration",
  "load_duration",
  "prompt_eval_count",
  "prompt_eval_duration",
  "eval_count",
  "eval_duration",
]);
export const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["role", "content", "thinking", "tool_calls"]);

/** What reading an answer needs beside it. */
export interface ReadingFacts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Makes ids for the calls of tools, which many servers tell without. */
  readonly newId: () => string;
  /** Tokens of the prompt, roughly. */
  readonly promptTokens: () => number;
  /** Tool whose arguments the text of the answer is. Undefined: it is text. */
  readonly forcedTool: string | undefined;
}

/** A call of a tool, its arguments whole. */
export interface OllamaCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
}

/**
 * Reads an answer of /api/chat that is not streamed.
 *
 * @throws FairleadError MALFORMED_ANSWER where it is not complete, or what an error in its place means
 */
export function fromOllamaResponse(
  json: unknown,
  adaptations: readonly Adaptation[],
  facts: ReadingFacts,
): ChatResponse {
  const body = asObject(json);
  refuseErrorObject(body, facts.now());
  const { message } = body;
  if (!isObject(message) || body["done"] !== true) throw malformedAnswer("The provider's answer is not complete.");
  const raw = asText(body["done_reason"]);
  const calls = readAllCalls(message, facts);
  const parts = readParts(message, calls, facts.forcedTool === undefined);
  const usage = fromOllamaUsage(body, () => ({ promptTokens: facts.promptTokens(), outputBytes: partsBytes(parts) }));
  return {
    $typeName: "fairlead.chat.v1.ChatResponse",
    id: "",
    model: asText(body["model"]),
    createdUnixSeconds: BigInt(createdSeconds(body)),
    choices: [
      {
        $typeName: "fairlead.chat.v1.Choice",
        index: 0,
        parts,
        finishReason: fromOllamaDoneReason(raw, calls.length > 0),
        rawFinishReason: raw,
        extraFields: extraFieldsOf(message, MESSAGE_FIELDS, OLLAMA_DIALECT, "message."),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    adaptations: [...adaptations],
    extraFields: extraFieldsOf(body, ANSWER_FIELDS, OLLAMA_DIALECT),
  };
}

/** Unix seconds of an answer; 0 where it tells none. */
export function createdSeconds(body: JsonObject): number {
  const milliseconds = Date.parse(asText(body["created_at"]));
  return milliseconds > 0 ? Math.trunc(milliseconds / 1000) : 0;
}

function readAllCalls(message: JsonObject, { newId, forcedTool }: ReadingFacts): OllamaCall[] {
  const calls = readCalls(message, newId);
  const text = asText(message["content"]);
  if (forcedTool !== undefined && text !== "") calls.push({ id: `call_${newId()}`, name: forcedTool, argumentsJson: text });
  return calls;
}

/** The calls of a message. Throws MALFORMED_ANSWER for one without a name. */
export function readCalls(message: JsonObject, newId: () => string): OllamaCall[] {
  return asList(message["tool_calls"]).map((entry) => {
    const call = asObject(entry);
    const called = asObject(call["function"]);
    const name = asText(called["name"]);
    if (name === "") throw malformedAnswer("A tool call of the provider's answer has no name.");
    return { id: asText(call["id"]) || `call_${newId()}`, name, argumentsJson: argumentsText(called["arguments"]) };
  });
}

/** Arguments are an object; some servers that speak Ollama's dialect write its text. */
function argumentsText(value: unknown): string {
  return asText(value) || JSON.stringify(isObject(value) ? value : {});
}

function readParts(message: JsonObject, calls: readonly OllamaCall[], isText: boolean): Part[] {
  const parts: Part[] = [];
  const thinking = asText(message["thinking"]);
  if (thinking !== "")
    addReasoning(parts, { text: thinking, signature: stateToBytes(""), redacted: false, provider: "ollama" });
  if (isText) addText(parts, asText(message["content"]));
  for (const call of calls) addToolCall(parts, { ...call, signature: stateToBytes("") });
  return parts;
}
