import { z } from "zod";
import { jsonObjectSchema } from "../json-object-schema.ts";
import type { Parsed } from "../parsed.ts";
import { routingTermsSchema } from "../routing-terms.ts";
import { parseWith } from "../zod-violations.ts";
import { assistantContentSchema, systemContentSchema, textBlockSchema, userContentSchema } from "./block-schema.ts";
import { toolChoiceSchema, toolSchema } from "./tool-schema.ts";

const messageSchema = z.discriminatedUnion("role", [
  z.looseObject({ role: z.literal("user"), content: userContentSchema }),
  z.looseObject({ role: z.literal("assistant"), content: assistantContentSchema }),
  z.looseObject({ role: z.literal("system"), content: systemContentSchema }),
]);

const budget = z.int().min(1).max(1_000_000);

const thinkingSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("enabled"), budget_tokens: budget, display: z.string().nullish() }),
  z.looseObject({ type: z.literal("adaptive"), display: z.string().nullish() }),
  z.looseObject({ type: z.literal("disabled") }),
]);

const outputFormatSchema = z.looseObject({
  type: z.literal("json_schema"),
  name: z.string().min(1).max(256).nullish(),
  schema: jsonObjectSchema,
});

const maxTokens = z.int().min(1).max(1_000_000);

/** Limits are the contract's and Anthropic's, so that whoever breaks one is told in the dialect's own terms. */
const messagesBodySchema = z.looseObject({
  model: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._:/@+-]*$/),
  max_tokens: maxTokens,
  messages: z.array(messageSchema).min(1).max(4096),
  system: z.union([z.string(), z.array(textBlockSchema).max(1024)]).nullish(),
  tools: z.array(toolSchema).max(256).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  thinking: thinkingSchema.nullish(),
  output_format: outputFormatSchema.nullish(),
  output_config: z
    .looseObject({ format: outputFormatSchema.nullish(), effort: z.string().min(1).max(64).nullish() })
    .nullish(),
  metadata: z.looseObject({ user_id: z.string().max(256).nullish() }).nullish(),
  stop_sequences: z.array(z.string().min(1).max(1024)).max(16).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(1).max(100_000).nullish(),
  stream: z.boolean().nullish(),
  fairlead: routingTermsSchema,
});

/** A prompt to count has no answer that would need a bound. */
const countBodySchema = messagesBodySchema.extend({ max_tokens: maxTokens.nullish() });

/** The body of a Messages request, or of one that counts its prompt. Keys that are not known are kept. */
export type MessagesBody = z.output<typeof countBodySchema>;
export type MessageBody = z.infer<typeof messageSchema>;

/** Names of the top-level fields that are read. */
export const MESSAGES_BODY_FIELDS: ReadonlySet<string> = new Set(Object.keys(messagesBodySchema.shape));

/** Reads the parsed JSON of a Messages body. Violations name fields as the caller wrote them. */
export function parseMessagesBody(json: unknown): Parsed<MessagesBody> {
  return parseWith(messagesBodySchema, json);
}

/** Reads the parsed JSON of a body whose prompt is to be counted. */
export function parseCountBody(json: unknown): Parsed<MessagesBody> {
  return parseWith(countBodySchema, json);
}
