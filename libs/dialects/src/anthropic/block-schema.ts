import { z } from "zod";
import { cacheControlSchema } from "../cache-control.ts";

const base64Source = z.looseObject({
  type: z.literal("base64"),
  media_type: z.string().max(255),
  data: z.string().min(1),
});
const urlSource = z.looseObject({
  type: z.literal("url"),
  url: z
    .string()
    .max(8192)
    .regex(/^https?:\/\//i),
});
const plainTextSource = z.looseObject({ type: z.literal("text"), data: z.string() });

/** A source that the contract has no word for: a file that Anthropic keeps, blocks of content, those of later versions. */
const otherSource = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !PLAIN_SOURCES.has(type), { message: "A source of this type does not belong here.", abort: true });

const PLAIN_SOURCES: ReadonlySet<string> = new Set(["base64", "url", "text"]);
/** Keys of the sources that the contract has words for. */
const SOURCE_KEYS: ReadonlySet<string> = new Set(["type", "media_type", "data", "url"]);

export const textBlockSchema = z.looseObject({
  type: z.literal("text"),
  text: z.string(),
  cache_control: cacheControlSchema,
});

const imageBlock = z.looseObject({
  type: z.literal("image"),
  source: z.union([z.discriminatedUnion("type", [base64Source, urlSource]), otherSource]),
  cache_control: cacheControlSchema,
});

const documentBlock = z.looseObject({
  type: z.literal("document"),
  source: z.union([z.discriminatedUnion("type", [base64Source, urlSource, plainTextSource]), otherSource]),
  title: z.string().max(512).nullish(),
  cache_control: cacheControlSchema,
});

const toolUseBlock = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string().max(512),
  name: z.string().min(1).max(256),
  input: z.unknown(),
  cache_control: cacheControlSchema,
  extra_content: z.looseObject({ google: z.looseObject({ thought_signature: z.string().nullish() }).nullish() }).nullish(),
});

const thinkingBlock = z.looseObject({
  type: z.literal("thinking"),
  thinking: z.string(),
  signature: z.string().nullish(),
});
const redactedBlock = z.looseObject({ type: z.literal("redacted_thinking"), data: z.string() });

const KNOWN: ReadonlySet<string> = new Set([
  "text",
  "image",
  "document",
  "tool_use",
  "tool_result",
  "thinking",
  "redacted_thinking",
]);

/** A block of a kind that the contract has no part for, such as those of Anthropic's own tools. */
const otherBlock = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !KNOWN.has(type), { message: "A block of this type does not belong here.", abort: true });

const blocks = <T extends z.core.SomeType>(block: T, least = 0) =>
  z.union([
    z.string(),
    z
      .array(z.union([block, otherBlock]))
      .min(least)
      .max(1024),
  ]);

const toolResultBlock = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string().max(512),
  content: blocks(z.discriminatedUnion("type", [textBlockSchema, imageBlock, documentBlock])).nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControlSchema,
});

/** Content of a user message. */
export const userContentSchema = blocks(
  z.discriminatedUnion("type", [textBlockSchema, imageBlock, documentBlock, toolResultBlock]),
  1,
);

/** Content of an assistant message. */
export const assistantContentSchema = blocks(
  z.discriminatedUnion("type", [
    textBlockSchema,
    thinkingBlock,
    redactedBlock,
    toolUseBlock,
    imageBlock,
    documentBlock,
  ]),
);

/** Content of a system message amid the conversation. */
export const systemContentSchema = blocks(z.discriminatedUnion("type", [textBlockSchema]));

/** A source that the contract has words for. */
export type PlainSource = z.infer<typeof base64Source> | z.infer<typeof urlSource> | z.infer<typeof plainTextSource>;

export type ImageBlock = z.infer<typeof imageBlock>;
export type DocumentBlock = z.infer<typeof documentBlock>;
export type ToolUseBlock = z.infer<typeof toolUseBlock>;
export type ToolResultBlock = z.infer<typeof toolResultBlock>;
export type TextBlock = z.infer<typeof textBlockSchema>;
export type ThinkingBlock = z.infer<typeof thinkingBlock>;
export type RedactedBlock = z.infer<typeof redactedBlock>;

/** A block as it is read. */
export type ContentBlock =
  TextBlock | ImageBlock | DocumentBlock | ToolUseBlock | ToolResultBlock | ThinkingBlock | RedactedBlock | OtherBlock;

/** A block that a part stands for. */
export type KnownBlock =
  | TextBlock
  | (ImageBlock & { readonly source: PlainSource })
  | (DocumentBlock & { readonly source: PlainSource })
  | ToolUseBlock
  | ToolResultBlock
  | ThinkingBlock
  | RedactedBlock;

export type OtherBlock = z.infer<typeof otherBlock>;

/** Tells the blocks that have a part from those that are carried along as they are. */
export function isKnownBlock(block: ContentBlock): block is KnownBlock {
  if (!KNOWN.has(block.type)) return false;
  if (block.type !== "image" && block.type !== "document") return true;
  const source = block["source"] as PlainSource;
  return PLAIN_SOURCES.has(source.type) && Object.keys(source).every((key) => SOURCE_KEYS.has(key));
}
