import type { JsonValue } from "@bufbuild/protobuf";
import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { toOpaqueText } from "../opaque-text.ts";
import { type Fields, ownBlock, ownFields } from "../own-fields.ts";
import { writeSeal } from "../reasoning-seal.ts";
import { type AudioBody, type ImageBody, toAudioBody, toImageBody } from "./answer-media.ts";
import { OPENAI_CHAT } from "./dialect.ts";

/** Reasoning with the seal of the provider that made it; handed back, it goes to that provider again. */
export type ReasoningDetailBody =
  | { readonly type: "reasoning.text"; readonly index: number; readonly text: string; readonly signature: string }
  | { readonly type: "reasoning.encrypted"; readonly index: number; readonly data: string };

export interface ToolCallBody {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: { readonly google: { readonly thought_signature: string } };
}

/** What a model said. */
export interface AnswerMessage {
  readonly role: "assistant";
  readonly content: string | null;
  readonly refusal: string | null;
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly ReasoningDetailBody[];
  /** Calls of functions, and the provider's own calls as they are. */
  readonly tool_calls?: readonly (ToolCallBody | Fields)[];
  readonly images?: readonly ImageBody[];
  readonly audio?: AudioBody;
  /** Fields that only this dialect has, such as annotations. */
  readonly [field: string]: unknown;
}

/**
 * @param answerId id of the answer that the parts make up
 * @param fields   of the message that only this dialect has
 */
export function toAnswerMessage(parts: readonly Part[], answerId: string, fields: Fields): AnswerMessage {
  const content = joined(parts, "text");
  const refusal = joined(parts, "refusal");
  const reasoning = joined(parts, "reasoning");
  const details = toReasoningDetails(parts);
  const calls = parts.flatMap(toCalls);
  const images = parts.flatMap(({ content }) => (content.case === "image" ? [toImageBody(content.value)] : []));
  const audio = parts.flatMap(({ content, extraFields }) =>
    content.case === "audio" ? [{ ...toAudioBody(content.value, answerId), ...ownFields(extraFields, OPENAI_CHAT) }] : [],
  )[0];
  const wordless = refusal !== undefined || calls.length > 0 || audio !== undefined;
  return {
    ...fields,
    role: "assistant",
    content: content ?? (wordless ? null : ""),
    refusal: refusal ?? null,
    ...(reasoning === undefined || reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(images.length === 0 ? {} : { images }),
    ...(audio === undefined ? {} : { audio }),
  };
}

/** A call of a tool. Arguments that never came are an empty object. */
export function toToolCallBody({ id, name, argumentsJson, signature }: Omit<ToolCallPart, "$typeName">): ToolCallBody {
  const call = {
    id,
    type: "function",
    function: { name, arguments: argumentsJson === "" ? "{}" : argumentsJson },
  } as const;
  if (signature.length === 0) return call;
  return { ...call, extra_content: { google: { thought_signature: toOpaqueText(signature) } } };
}

/** The sealed form of a piece of reasoning; undefined when it says nothing, or nobody knows who could take it back. */
export function toReasoningDetail(reasoning: Omit<ReasoningPart, "$typeName">, index: number): ReasoningDetailBody | undefined {
  const { text, signature, redacted, provider, deployment, id } = reasoning;
  if (signature.length === 0 && (provider === "" || (text === "" && id === ""))) return undefined;
  const seal = writeSeal(provider, signature, "", deployment, id);
  return redacted ? { type: "reasoning.encrypted", index, data: seal } : { type: "reasoning.text", index, text, signature: seal };
}

/** True for what an answer can hold and a message cannot. */
export function hasNoPlace(content: Part["content"]): boolean {
  return content.case === "file" || content.case === "toolResult";
}

/** The provider's own block of a call, such as one of a custom tool. */
export function toOwnCall(content: Part["content"]): Fields | undefined {
  return content.case === "foreign" ? ownBlock(content.value, OPENAI_CHAT) : undefined;
}

function toCalls({ content, extraFields }: Part): (ToolCallBody | Record<string, JsonValue>)[] {
  if (content.case === "toolCall") return [{ ...ownFields(extraFields, OPENAI_CHAT), ...toToolCallBody(content.value) }];
  const own = toOwnCall(content);
  return own === undefined ? [] : [own];
}

function toReasoningDetails(parts: readonly Part[]): ReasoningDetailBody[] {
  const details: ReasoningDetailBody[] = [];
  for (const { content } of parts) {
    const detail = content.case === "reasoning" ? toReasoningDetail(content.value, details.length) : undefined;
    if (detail !== undefined) details.push(detail);
  }
  return details;
}

function joined(parts: readonly Part[], kind: "text" | "refusal" | "reasoning"): string | undefined {
  let text: string | undefined;
  for (const { content } of parts) if (content.case === kind) text = (text ?? "") + content.value.text;
  return text;
}
