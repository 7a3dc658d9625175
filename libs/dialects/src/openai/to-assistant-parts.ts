import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Findings } from "../findings.ts";
import { fromOpaqueText } from "../opaque-text.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { readSeal } from "../reasoning-seal.ts";
import { OPENAI_CHAT } from "./dialect.ts";
import type { LegacyCallIds } from "./legacy-call-ids.ts";
import { type AssistantMessage, type FunctionToolCall, isFunctionCall, type ReasoningDetail, type ToolCallBody } from "./message-schema.ts";

const NO_BYTES = new Uint8Array(0);
const KNOWN_CALL: ReadonlySet<string> = new Set(["id", "type", "function", "extra_content", "index"]);
const KNOWN_AUDIO: ReadonlySet<string> = new Set(["data", "transcript", "expires_at"]);

/** What the parts of an assistant's turn are made from beside its content. */
export interface AssistantTurn {
  readonly message: AssistantMessage;
  /** Where it is below `messages`, for example `[0]`. */
  readonly path: () => string;
  readonly callIds: LegacyCallIds;
  readonly findings: Findings;
}

/** The parts of an assistant turn in the order in which models make them: reasoning, text, refusal, sound, calls. */
export function toAssistantParts(text: Part[], { message, path, callIds, findings }: AssistantTurn): Part[] {
  const parts = toReasoningParts(message);
  parts.push(...text);
  if (typeof message.refusal === "string" && message.refusal !== "") parts.push(build.refusalPart(message.refusal));
  const { audio } = message;
  if (audio !== null && audio !== undefined) {
    // The provider keeps the sound and is told its id.
    const sound = build.audioPart(build.fileIdSource(audio.id, OPENAI_CHAT));
    parts.push(keepExtraFields(sound, OPENAI_CHAT, audio, KNOWN_AUDIO, () => `${path()}.audio`, findings));
  }
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const part = toCall(call, () => `${path()}.tool_calls[${index}]`, findings);
    if (part !== undefined) parts.push(part);
  }
  const legacy = message.function_call;
  if (legacy !== null && legacy !== undefined) {
    parts.push(build.toolCallPart(callIds.called(legacy.name), legacy.name, legacy.arguments));
  }
  return parts;
}

function toCall(call: ToolCallBody, path: () => string, findings: Findings): Part | undefined {
  if (!isFunctionCall(call)) return foreignPart(OPENAI_CHAT, call, path, findings);
  return keepExtraFields(toToolCall(call), OPENAI_CHAT, call, KNOWN_CALL, path, findings);
}

function toToolCall({ id, function: { name, arguments: text }, extra_content: extra }: FunctionToolCall): Part {
  const signature = extra?.google?.thought_signature;
  return build.toolCallPart(id, name, text, typeof signature === "string" ? fromOpaqueText(signature) : undefined);
}

function toReasoningParts(message: AssistantMessage): Part[] {
  const sealed = (message.reasoning_details ?? []).flatMap(toSealedReasoning);
  if (sealed.length > 0) return sealed;
  const text = message.reasoning_content ?? message.reasoning ?? "";
  return text === "" ? [] : [build.reasoningPart(text, NO_BYTES, "")];
}

/** Details without a seal hold nothing that reasoning_content does not. */
function toSealedReasoning({ type, text, signature, data }: ReasoningDetail): Part[] {
  const redacted = type === "reasoning.encrypted";
  const seal = redacted ? data : signature;
  if (typeof seal !== "string" || seal === "") return [];
  const { signature: bytes, provider, ...kept } = readSeal(seal, "");
  return [build.reasoningPart(text ?? "", bytes, provider, redacted, kept)];
}
