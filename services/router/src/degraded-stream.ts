import { create } from "@bufbuild/protobuf";
import { type ChatDelta, ChatDeltaSchema } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse, Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";

/** A whole answer as the steps of a stream. */
export function deltasOf(chat: ChatResponse): ChatDelta[] {
  const deltas = [step(0, { case: "started", value: { $typeName: "fairlead.chat.v1.AnswerStarted", id: chat.id, model: chat.model, createdUnixSeconds: chat.createdUnixSeconds } })];
  deltas.push(...fieldDeltas(0, chat.extraFields));
  for (const choice of chat.choices) deltas.push(...choiceDeltas(choice));
  if (chat.usage !== undefined) deltas.push(step(0, { case: "usage", value: chat.usage }));
  return deltas;
}

function choiceDeltas({ index, parts, extraFields, finishReason: reason, rawFinishReason: rawReason }: Choice): ChatDelta[] {
  let calls = 0;
  const deltas = parts.flatMap((part): ChatDelta[] => {
    const { content } = part;
    // Only a whole part has fields of its own.
    if (part.extraFields.length > 0) return [step(index, { case: "part", value: part })];
    if (content.case === "text") return [step(index, { case: "text", value: content.value.text })];
    if (content.case === "refusal") return [step(index, { case: "refusal", value: content.value.text })];
    if (content.case !== "toolCall") return [step(index, { case: "part", value: part })];
    const { id, name, signature, argumentsJson } = content.value;
    const call = calls++;
    return [
      step(index, { case: "toolCallStarted", value: { $typeName: "fairlead.chat.v1.ToolCallStarted", index: call, id, name, signature } }),
      step(index, { case: "toolCallArguments", value: { $typeName: "fairlead.chat.v1.ToolCallArguments", index: call, fragment: argumentsJson } }),
    ];
  });
  return [...deltas, ...fieldDeltas(index, extraFields), step(index, { case: "finished", value: { $typeName: "fairlead.chat.v1.ChoiceFinished", reason, rawReason } })];
}

/** Fields of a message are those of a delta in a stream. */
function fieldDeltas(choiceIndex: number, fields: readonly UnknownField[]): ChatDelta[] {
  return fields.map((field) => step(choiceIndex, { case: "extraField", value: { ...field, name: field.name.replace(/^message\./, "delta.") } }));
}

function step(choiceIndex: number, value: ChatDelta["step"]): ChatDelta {
  const delta = create(ChatDeltaSchema, { choiceIndex });
  delta.step = value;
  return delta;
}
