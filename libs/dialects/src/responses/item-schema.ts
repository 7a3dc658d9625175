import { z } from "zod";
import { contentSchema } from "./content-schema.ts";
import { MAX_ITEM_ID } from "./item-id.ts";

const id = z.string().max(MAX_ITEM_ID).nullish();

const message = z.looseObject({
  type: z.literal("message"),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content: contentSchema,
  id,
});

const functionCall = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string().max(512),
  name: z.string().min(1).max(256),
  arguments: z.string(),
  id,
  extra_content: z.looseObject({ google: z.looseObject({ thought_signature: z.string().nullish() }).nullish() }).nullish(),
});

const functionCallOutput = z.looseObject({
  type: z.literal("function_call_output"),
  call_id: z.string().max(512),
  output: contentSchema,
  id,
});

const texts = z.array(z.looseObject({ type: z.string(), text: z.string() })).max(1024);

const reasoning = z.looseObject({
  type: z.literal("reasoning"),
  id,
  summary: texts.nullish(),
  content: texts.nullish(),
  encrypted_content: z.string().nullish(),
});

const imageCall = z.looseObject({
  type: z.literal("image_generation_call"),
  id,
  result: z.string().nullish(),
});

const reference = z.looseObject({ type: z.literal("item_reference"), id: z.string().min(1).max(MAX_ITEM_ID) });

const known = z.discriminatedUnion("type", [message, functionCall, functionCallOutput, reasoning, imageCall, reference]);

const KNOWN: ReadonlySet<string> = new Set(known.options.map((option) => option.shape.type.value));

/** An item of a kind that the contract has no part for, such as those of OpenAI's own tools. */
const other = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !KNOWN.has(type), { message: "An item of this type is malformed.", abort: true });

/** One item of the input. Messages and references may come without their type. */
export const itemSchema = z.preprocess(withType, z.union([known, other]));

export type MessageItem = z.infer<typeof message>;
export type FunctionCallItem = z.infer<typeof functionCall>;
export type FunctionCallOutputItem = z.infer<typeof functionCallOutput>;
export type ReasoningItem = z.infer<typeof reasoning>;
export type ImageCallItem = z.infer<typeof imageCall>;
export type ReferenceItem = z.infer<typeof reference>;
export type KnownItem = z.infer<typeof known>;
export type OtherItem = z.infer<typeof other>;
export type Item = KnownItem | OtherItem;

/** Tells items that have a part from those that are carried along. */
export function isKnownItem(item: Item): item is KnownItem {
  return KNOWN.has(item.type);
}

function withType(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { type, role, id } = value as Record<string, unknown>;
  if (type !== undefined && type !== null) return value;
  return { ...value, type: role === undefined && typeof id === "string" ? "item_reference" : "message" };
}
