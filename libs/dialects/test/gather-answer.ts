import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type ChatResponse, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";

type PartInit = MessageInitShape<typeof PartSchema>;

/** The whole answer that a stream of one choice builds, to hold streamed and unstreamed forms against each other. */
export function gatherAnswer(deltas: readonly ChatDelta[], provider: string): ChatResponse {
  const init: MessageInitShape<typeof ChatResponseSchema> = {};
  const parts: PartInit[] = [];
  const calls = new Map<number, { id: string; name: string; argumentsJson: string; signature: Uint8Array }>();
  let thought: { text: string; signature?: Uint8Array<ArrayBuffer>; redacted?: boolean; provider: string } | undefined;
  const choice: NonNullable<typeof init.choices>[number] = { index: 0, parts };
  for (const { step } of deltas) {
    const last = parts.at(-1)?.content;
    if (step.case === "started") Object.assign(init, { ...step.value, $typeName: undefined });
    if (step.case === "text" && last?.case === "text") (last.value as { text: string }).text += step.value;
    else if (step.case === "text") parts.push({ content: { case: "text", value: { text: step.value } } });
    if (step.case === "refusal" && last?.case === "refusal") (last.value as { text: string }).text += step.value;
    else if (step.case === "refusal") parts.push({ content: { case: "refusal", value: { text: step.value } } });
    if (step.case === "reasoning" || step.case === "reasoningSealed") {
      if (thought === undefined)
        parts.push({ content: { case: "reasoning", value: (thought = { text: "", provider }) } });
      if (step.case === "reasoning") thought.text += step.value;
      else thought = void Object.assign(thought, { signature: step.value.signature, redacted: step.value.redacted });
    }
    if (step.case === "toolCallStarted") {
      const { id, name, signature } = step.value;
      const value = { id, name, argumentsJson: "", signature };
      calls.set(step.value.index, value);
      parts.push({ content: { case: "toolCall", value } });
    }
    if (step.case === "toolCallArguments") {
      const open = calls.get(step.value.index);
      if (open !== undefined) open.argumentsJson += step.value.fragment;
    }
    if (step.case === "finished")
      Object.assign(choice, { finishReason: step.value.reason, rawFinishReason: step.value.rawReason });
    if (step.case === "usage") init.usage = step.value;
  }
  return create(ChatResponseSchema, { ...init, choices: [choice] });
}
