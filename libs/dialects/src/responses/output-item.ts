import type { JsonValue } from "@bufbuild/protobuf";
import type { ImagePart, Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { encodeBase64 } from "../base64.ts";
import { toOpaqueText } from "../opaque-text.ts";
import type { Fields } from "../own-fields.ts";
import { writeSeal } from "../reasoning-seal.ts";
import type { AnswerNames } from "./answer-names.ts";
import { HOME, MESSAGE_FIELD, REDACTED } from "./dialect.ts";
import type { ItemIds } from "./item-id.ts";

/** An item of an answer before it has an id. */
export type ItemDraft = Readonly<Record<string, unknown>>;

/** An item of an answer. */
export interface OutputItem extends ItemDraft {
  readonly id: string;
}

/** What a piece of a message says. */
export type ContentBody =
  | {
      readonly type: "output_text";
      readonly text: string;
      readonly annotations: readonly JsonValue[];
      readonly logprobs: readonly JsonValue[];
    }
  | { readonly type: "refusal"; readonly refusal: string };

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export function textContent(text: string, fields: Fields): ContentBody {
  return { type: "output_text", text, annotations: [], logprobs: [], ...fields };
}

export function refusalContent(refusal: string, fields: Fields): ContentBody {
  return { type: "refusal", refusal, ...fields };
}

/** @param fields of the message around its content, such as phase */
export function messageDraft(content: readonly ContentBody[], status: ItemStatus, fields: Fields): ItemDraft {
  return { type: "message", status, role: "assistant", content, ...fields };
}

/** @param seal empty: it goes without */
export function reasoningDraft(text: string, seal: string): ItemDraft {
  const summary = text === "" ? [] : [{ type: "summary_text", text }];
  return { type: "reasoning", summary, ...(seal === "" ? {} : { encrypted_content: seal }) };
}

/** What is told of reasoning beside its text. */
export type ReasoningState = Pick<ReasoningPart, "signature" | "redacted" | "provider" | "deployment" | "id">;

/**
 * The seal of reasoning as callers hand it back; empty: none. Reasoning without a signature is sealed as well, so that it
 * goes back to who made it, unless that is OpenAI, which wants nothing back in the clear.
 *
 * @param provider who answers, for reasoning that does not say whose it is
 */
export function reasoningSeal(text: string, state: ReasoningState, provider: string, names: AnswerNames): string {
  const { signature, redacted, deployment, id, ...made } = state;
  const maker = made.provider || provider;
  if (!names.sealed || maker === "" || (signature.length === 0 && (text === "" || maker === HOME))) return "";
  return (redacted ? REDACTED : "") + writeSeal(maker, signature, HOME, deployment, names.items.holds ? id : "");
}

/** A call of a function. @param callId id that the result refers to */
export function callDraft(
  { name, signature }: Pick<ToolCallPart, "name" | "signature">,
  callId: string,
  argumentsJson: string,
  status: ItemStatus,
  fields: Fields,
): ItemDraft {
  const seal = signature.length === 0 ? {} : { extra_content: { google: { thought_signature: toOpaqueText(signature) } } };
  return { type: "function_call", status, arguments: argumentsJson, call_id: callId, name, ...seal, ...fields };
}

/** A picture that a model made; undefined where only its address is known, for which there is no place. */
export function imageDraft({ source }: ImagePart): ItemDraft | undefined {
  if (source?.location.case !== "inline") return undefined;
  return { type: "image_generation_call", status: "completed", result: encodeBase64(source.location.value) };
}

/** True for what an answer can hold and a response cannot: sound, of which its words alone go along, and files. */
export function hasNoPlace(content: Part["content"]): boolean {
  if (content.case === "image") return content.value.source?.location.case !== "inline";
  return content.case === "audio" || content.case === "file" || content.case === "toolResult";
}

/** Fields of a part: those of the message around it, and those of its own. */
export function splitFields(fields: Fields): { readonly message: Fields; readonly part: Fields } {
  const message: Record<string, JsonValue> = {};
  const part: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(MESSAGE_FIELD)) message[name.slice(MESSAGE_FIELD.length)] = value;
    else part[name] = value;
  }
  return { message, part };
}

/** A block of the provider keeps its id; what has none gets one, because clients want one. */
export function withId(draft: ItemDraft, prefix: string, position: number, items: ItemIds): OutputItem {
  const { id } = draft;
  return { ...draft, id: typeof id === "string" && id !== "" ? id : items.plain(prefix, position) };
}

/** OpenAI's own id of reasoning stands where OpenAI knows it; elsewhere one of ours, which can hold the reasoning. */
export function withReasoningId(draft: ItemDraft, said: string, position: number, { kept, items }: AnswerNames): OutputItem {
  const own = items.holding("rs", position, draft);
  const known = said.startsWith("rs_") && (kept || !items.holds);
  return { ...draft, id: known ? said : own };
}
