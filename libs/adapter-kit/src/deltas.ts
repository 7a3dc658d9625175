import type { ChatDelta, ToolCallStarted } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

// Deltas are written as literals: `create` costs several times as much, and there is one for every token.

function delta(choiceIndex: number, step: ChatDelta["step"]): ChatDelta {
  return { $typeName: "fairlead.chat.v1.ChatDelta", choiceIndex, step };
}

/** The provider began to answer. */
export function startedDelta(id: string, model: string, createdUnixSeconds: number, promptUsage?: TokenUsage): ChatDelta {
  const value = { $typeName: "fairlead.chat.v1.AnswerStarted" as const, id, model, createdUnixSeconds: BigInt(createdUnixSeconds) };
  return delta(0, { case: "started", value: promptUsage === undefined ? value : { ...value, promptUsage } });
}

/** More text. */
export function textDelta(choice: number, text: string): ChatDelta {
  return delta(choice, { case: "text", value: text });
}

/** More readable reasoning. */
export function reasoningDelta(choice: number, text: string): ChatDelta {
  return delta(choice, { case: "reasoning", value: text });
}

/**
 * Closes the current reasoning part.
 *
 * @param origin what the provider calls it, and the deployment without which its signature is worth nothing
 */
export function reasoningSealedDelta(
  choice: number,
  signature: Uint8Array<ArrayBuffer>,
  redacted: boolean,
  origin: { readonly id: string; readonly deployment: string } = NO_ORIGIN,
): ChatDelta {
  return delta(choice, { case: "reasoningSealed", value: { $typeName: "fairlead.chat.v1.ReasoningSealed", signature, redacted, ...origin } });
}

const NO_ORIGIN = { id: "", deployment: "" };

/** More of a refusal. */
export function refusalDelta(choice: number, text: string): ChatDelta {
  return delta(choice, { case: "refusal", value: text });
}

/** A tool call opens. */
export function toolCallStartedDelta(choice: number, call: Omit<ToolCallStarted, "$typeName">): ChatDelta {
  return delta(choice, { case: "toolCallStarted", value: { $typeName: "fairlead.chat.v1.ToolCallStarted", ...call } });
}

/** More of a tool call's arguments. */
export function toolCallArgumentsDelta(choice: number, index: number, fragment: string): ChatDelta {
  return delta(choice, { case: "toolCallArguments", value: { $typeName: "fairlead.chat.v1.ToolCallArguments", index, fragment } });
}

/** A whole part. */
export function partDelta(choice: number, part: Part): ChatDelta {
  return delta(choice, { case: "part", value: part });
}

/** The choice is complete. */
export function finishedDelta(choice: number, reason: FinishReason, rawReason: string): ChatDelta {
  return delta(choice, { case: "finished", value: { $typeName: "fairlead.chat.v1.ChoiceFinished", reason, rawReason } });
}

/** What was used. */
export function usageDelta(usage: TokenUsage): ChatDelta {
  return delta(0, { case: "usage", value: usage });
}

/** What of the request could not be said. */
export function adaptationDelta(adaptation: Adaptation): ChatDelta {
  return delta(0, { case: "adaptation", value: adaptation });
}

/** A field of the answer that is not known. */
export function extraFieldDelta(choice: number, field: UnknownField): ChatDelta {
  return delta(choice, { case: "extraField", value: field });
}
