import { z } from "zod";
import { jsonObjectSchema } from "../json-object-schema.ts";
import type { Parsed } from "../parsed.ts";
import { routingTermsSchema } from "../routing-terms.ts";
import { parseWith } from "../zod-violations.ts";
import { messageSchema } from "./message-schema.ts";
import { legacyFunctionCallSchema, legacyFunctionsSchema, toolChoiceSchema, toolSchema } from "./tool-schema.ts";

const tokens = z.int().min(1).max(1_000_000).nullish();
const penalty = z.number().min(-2).max(2).nullish();
const stopSequence = z.string().min(1).max(1024);

export const modelSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._:/@+-]*$/);

const jsonSchemaFormat = z.looseObject({
  type: z.literal("json_schema"),
  json_schema: z.looseObject({
    name: z.string().min(1).max(256),
    schema: jsonObjectSchema.nullish(),
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
});

const responseFormatSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  jsonSchemaFormat,
]);

/** Limits are the contract's, so that whoever breaks one is told in the dialect's own terms. */
const chatBodySchema = z.looseObject({
  model: modelSchema,
  messages: z.array(messageSchema).min(1).max(4096),
  tools: z.array(toolSchema).max(256).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  functions: legacyFunctionsSchema.nullish(),
  function_call: legacyFunctionCallSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormatSchema.nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(1).max(100_000).nullish(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  stop: z.union([stopSequence, z.array(stopSequence).max(16)]).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(16).nullish(),
  user: z.string().max(256).nullish(),
  safety_identifier: z.string().max(256).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  reasoning_effort: z.string().min(1).max(64).nullish(),
  include_reasoning: z.boolean().nullish(),
  fairlead: routingTermsSchema,
});

/** The body of a chat completion. Keys that are not known are kept. */
export type ChatBody = z.output<typeof chatBodySchema>;
export type ResponseFormatBody = z.infer<typeof responseFormatSchema>;

/** Names of the top-level fields that are read. */
export const CHAT_BODY_FIELDS: ReadonlySet<string> = new Set(Object.keys(chatBodySchema.shape));

/** Reads the parsed JSON of a chat completion's body. Violations name fields as the caller wrote them. */
export function parseChatBody(json: unknown): Parsed<ChatBody> {
  return parseWith(chatBodySchema, json);
}
