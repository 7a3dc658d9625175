import { z } from "zod";
import {
  assistantContentSchema,
  instructionContentSchema,
  toolContentSchema,
  userContentSchema,
} from "./content-schema.ts";

const name = z.string().max(256).nullish();
const toolName = z.string().min(1).max(256);

const functionCall = z.looseObject({ name: toolName, arguments: z.string() });

const functionToolCall = z.looseObject({
  id: z.string().max(512),
  type: z.literal("function").optional(),
  function: functionCall,
  extra_content: z
    .looseObject({ google: z.looseObject({ thought_signature: z.string().nullish() }).nullish() })
    .nullish(),
});

/** A call of a tool that is no function. */
const otherToolCall = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => type !== "function", { message: "A call of a function has a function.", abort: true });

const toolCall = z.union([functionToolCall, otherToolCall]);

/** A piece of reasoning to hand back; `signature` of a text or `data` of an encrypted one. */
const reasoningDetail = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  signature: z.string().nullish(),
  data: z.string().nullish(),
});

const assistantMessage = z.looseObject({
  role: z.literal("assistant"),
  content: assistantContentSchema.nullish(),
  name,
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  audio: z.looseObject({ id: z.string().min(1).max(512) }).nullish(),
  reasoning_details: z.array(reasoningDetail).max(1024).nullish(),
  tool_calls: z.array(toolCall).max(1024).nullish(),
  function_call: functionCall.nullish(),
});

const instructions = <R extends string>(role: R) =>
  z.looseObject({ role: z.literal(role), content: instructionContentSchema, name });

const userMessage = z.looseObject({ role: z.literal("user"), content: userContentSchema, name });

const toolMessage = z.looseObject({
  role: z.literal("tool"),
  content: toolContentSchema,
  tool_call_id: z.string().max(512),
  name,
});

const functionMessage = z.looseObject({ role: z.literal("function"), content: z.string().nullish(), name: toolName });

/** A message of any role. */
export const messageSchema = z.discriminatedUnion("role", [
  userMessage,
  assistantMessage,
  toolMessage,
  instructions("system"),
  instructions("developer"),
  functionMessage,
]);

export type FunctionToolCall = z.infer<typeof functionToolCall>;
export type ToolCallBody = z.infer<typeof toolCall>;

/** Tells calls of functions from those that are carried along. */
export function isFunctionCall(call: ToolCallBody): call is FunctionToolCall {
  return call.type === undefined || call.type === "function";
}

export type ChatMessage = z.infer<typeof messageSchema>;
export type AssistantMessage = z.infer<typeof assistantMessage>;
export type ReasoningDetail = z.infer<typeof reasoningDetail>;
