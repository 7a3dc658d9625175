import type { Part } from "@fairlead/contracts/chat/v1/content";
import { fromOpaqueText } from "../opaque-text.ts";
import * as build from "../part-builders.ts";
import { readSeal } from "../reasoning-seal.ts";
import type { LegacyCallIds } from "./legacy-call-ids.ts";
import type { AssistantMessage, ReasoningDetail } from "./message-schema.ts";

type ToolCall = NonNullable<AssistantMessage["tool_calls"]>[number];

const NO_BYTES = new Uint8Array(0);

/** The parts of an assistant turn in the order in which models make them: reasoning, text, refusal, calls. */
export function toAssistantParts(message: AssistantMessage, text: Part[], callIds: LegacyCallIds): Part[] {
  const parts = toReasoningParts(message);
  parts.push(...text);
  if (typeof message.refusal === "string" && message.refusal !== "") parts.push(build.refusalPart(message.refusal));
  for (const call of message.tool_calls ?? []) parts.push(toToolCall(call));
  const legacy = message.function_call;
  if (legacy !== null && legacy !== undefined) {
    parts.push(build.toolCallPart(callIds.called(legacy.name), legacy.name, legacy.arguments));
  }
  return parts;
}

function toToolCall({ id, function: { name, arguments: text }, extra_content: extra }: ToolCall): Part {
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
  const { provider, signature: bytes } = readSeal(seal, "");
  return [build.reasoningPart(text ?? "", bytes, provider, redacted)];
}
