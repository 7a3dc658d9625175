import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { encodeBase64 } from "../base64.ts";
import { type CallState, toCallState } from "./call-state.ts";
import { type ForeignObject, hasFields, toForeignBlock, withFields } from "./foreign-json.ts";
import { sealOf } from "./seal-of.ts";

/** A block of an answer. */
export type AnswerBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | ({ readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown } & CallState)
  | { readonly type: "image"; readonly source: ImageSource }
  | (ForeignObject & { readonly type: string });

type ImageSource =
  | { readonly type: "base64"; readonly media_type: string; readonly data: string }
  | { readonly type: "url"; readonly url: string };

/**
 * The block of a part; undefined for a part that has none or says nothing.
 *
 * @param provider who answers, for reasoning that does not say whose it is
 */
export function toAnswerBlock(part: Part, provider: string): AnswerBlock | undefined {
  const block = toBlock(part, provider);
  return block === undefined ? undefined : withFields(block, part.extraFields);
}

function toBlock({ content, extraFields }: Part, provider: string): AnswerBlock | undefined {
  switch (content.case) {
    case "text":
    case "refusal":
      return content.value.text === "" && !hasFields(extraFields) ? undefined : { type: "text", text: content.value.text };
    case "reasoning":
      return toThinking(content.value, provider);
    case "toolCall":
      return toToolUse(content.value);
    case "image":
      return toImage(content.value.source);
    case "audio":
      return content.value.transcript === "" ? undefined : { type: "text", text: content.value.transcript };
    case "foreign":
      return toForeignBlock(content.value);
    default:
      return undefined;
  }
}

function toThinking(reasoning: ReasoningPart, provider: string): AnswerBlock | undefined {
  const seal = sealOf(reasoning, reasoning.text !== "", provider);
  if (reasoning.redacted) return { type: "redacted_thinking", data: seal };
  if (reasoning.text === "" && seal === "") return undefined;
  return { type: "thinking", thinking: reasoning.text, signature: seal };
}

function toToolUse({ id, name, argumentsJson, signature }: ToolCallPart): AnswerBlock {
  return { type: "tool_use", id, name, input: readInput(argumentsJson), ...toCallState(signature) };
}

/** Anthropic's input is an object. What a model wrote that is none is handed on as text, not lost. */
function readInput(argumentsJson: string): unknown {
  if (argumentsJson.trim() === "") return {};
  try {
    const input: unknown = JSON.parse(argumentsJson);
    return input !== null && typeof input === "object" && !Array.isArray(input) ? input : { value: input };
  } catch {
    return { invalid_json: argumentsJson };
  }
}

function toImage(source: Extract<Part["content"], { case: "image" }>["value"]["source"]): AnswerBlock | undefined {
  if (source?.location.case === "url") return { type: "image", source: { type: "url", url: source.location.value } };
  if (source?.location.case !== "inline") return undefined;
  const data = encodeBase64(source.location.value);
  return { type: "image", source: { type: "base64", media_type: source.mimeType, data } };
}
