import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import type { LabelledPrompt } from "./read-prompts.ts";

/** Stands in for the tools of a prompt that is labelled as one for tools but came without. */
const SOME_TOOL = { name: "act", description: "Does what is asked for.", parametersJson: "{}" };

/**
 * The request that a prompt would come in. A label that cannot be told from text says what came with it: a tool for
 * function_calling, an image for multimodal. `textOnly` leaves all of that out.
 */
export function toRequest({ text, tools, category }: LabelledPrompt, textOnly: boolean): ChatRequest {
  const parts: MessageInitShape<typeof PartSchema>[] = [{ content: { case: "text", value: { text } } }];
  if (category === "multimodal" && !textOnly) parts.push({ content: { case: "image", value: {} } });
  const offered = tools.length === 0 && category === "function_calling" ? [SOME_TOOL] : tools;
  return create(ChatRequestSchema, {
    model: "auto",
    messages: [{ role: Role.USER, parts }],
    tools: textOnly ? [] : [...offered],
  });
}
