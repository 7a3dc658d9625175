import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ChatDelta, ChatDeltaSchema } from "@fairlead/contracts/chat/v1/chat_delta";

type StepInit = NonNullable<MessageInitShape<typeof ChatDeltaSchema>["step"]>;

/** A step of a choice. */
export const delta = (step: StepInit, choiceIndex = 0): ChatDelta => create(ChatDeltaSchema, { choiceIndex, step });

export const started = (id: string, model = "m-1") =>
  delta({ case: "started", value: { id, model, createdUnixSeconds: 1_700_000_000n } });
export const text = (value: string, choice = 0) => delta({ case: "text", value }, choice);
export const reasoning = (value: string) => delta({ case: "reasoning", value });
export const sealed = (signature: string, redacted = false) =>
  delta({ case: "reasoningSealed", value: { signature: new TextEncoder().encode(signature), redacted } });
export const refusal = (value: string) => delta({ case: "refusal", value });
export const call = (index: number, name: string) =>
  delta({ case: "toolCallStarted", value: { index, id: `call_${index}`, name } });
export const fragment = (index: number, value: string) =>
  delta({ case: "toolCallArguments", value: { index, fragment: value } });
export const finished = (reason: number, rawReason = "", choice = 0) =>
  delta({ case: "finished", value: { reason, rawReason } }, choice);
