import { z } from "zod";
import { jsonObjectSchema } from "../json-object-schema.ts";
import { modelSchema } from "../openai/chat-body.ts";
import type { Parsed } from "../parsed.ts";
import { routingTermsSchema } from "../routing-terms.ts";
import { parseWith } from "../zod-violations.ts";
import { itemSchema } from "./item-schema.ts";
import { toolChoiceSchema, toolSchema } from "./tool-schema.ts";

const notCarried = (message: string) => z.custom<never>(() => false, { message, params: { rule: "unsupported" } }).nullish();

const formatSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    name: z.string().min(1).max(256),
    schema: jsonObjectSchema,
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
]);

/** Limits are the contract's, so that whoever breaks one is told in the dialect's own terms. */
const responsesBodySchema = z.looseObject({
  model: modelSchema,
  input: z.union([z.string(), z.array(itemSchema).min(1).max(4096)]),
  instructions: z.string().nullish(),
  tools: z.array(toolSchema).max(256).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.looseObject({ format: formatSchema.nullish() }).nullish(),
  reasoning: z
    .looseObject({ effort: z.string().min(1).max(64).nullish(), summary: z.string().min(1).max(64).nullish() })
    .nullish(),
  max_output_tokens: z.int().min(1).max(1_000_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  previous_response_id: z.string().min(1).max(8_192).nullish(),
  include: z.array(z.string().max(256)).max(64).nullish(),
  store: z.boolean().nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  user: z.string().max(256).nullish(),
  safety_identifier: z.string().max(256).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({}).nullish(),
  background: z.literal(false, "This mesh answers while the caller waits; a background response is not carried.").nullish(),
  conversation: notCarried("This mesh keeps no conversations; send the whole conversation as input."),
  prompt: notCarried("This mesh cannot read a prompt that a provider keeps; send its text as instructions or input."),
  fairlead: routingTermsSchema,
});

/** The body of a Responses request. Keys that are not known are kept. */
export type ResponsesBody = z.output<typeof responsesBodySchema>;
export type TextFormatBody = z.infer<typeof formatSchema>;

/** Names of the top-level fields that are read. */
export const RESPONSES_BODY_FIELDS: ReadonlySet<string> = new Set(Object.keys(responsesBodySchema.shape));

/** Reads the parsed JSON of a Responses body. Violations name fields as the caller wrote them. */
export function parseResponsesBody(json: unknown): Parsed<ResponsesBody> {
  return parseWith(responsesBodySchema, json);
}
