import { z } from "zod";
import { cacheControlSchema } from "../cache-control.ts";

const textPart = z.looseObject({ type: z.literal("text"), text: z.string(), cache_control: cacheControlSchema });

const imageUrl = z.looseObject({ url: z.string().min(1), detail: z.enum(["auto", "low", "high"]).nullish() });

const imagePart = z.looseObject({
  type: z.literal("image_url"),
  // Mistral's clients write the address alone.
  image_url: z.union([
    imageUrl,
    z
      .string()
      .min(1)
      .transform((url): z.infer<typeof imageUrl> => ({ url })),
  ]),
  cache_control: cacheControlSchema,
});

const audioPart = z.looseObject({
  type: z.literal("input_audio"),
  input_audio: z.looseObject({ data: z.string().min(1), format: z.string().regex(/^[a-z0-9.+-]{1,32}$/i) }),
  cache_control: cacheControlSchema,
});

const filePart = z.looseObject({
  type: z.literal("file"),
  file: z.looseObject({
    file_data: z.string().min(1).nullish(),
    file_id: z.string().min(1).max(512).nullish(),
    filename: z.string().max(512).nullish(),
  }),
  cache_control: cacheControlSchema,
});

const refusalPart = z.looseObject({
  type: z.literal("refusal"),
  refusal: z.string(),
  cache_control: cacheControlSchema,
});

const KNOWN: ReadonlySet<string> = new Set(["text", "image_url", "input_audio", "file", "refusal"]);

/** Content of a kind that the contract has no part for. */
const otherPart = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !KNOWN.has(type), { message: "Content of this type does not belong here.", abort: true });

const parts = <T extends z.core.SomeType>(part: T, least = 0) =>
  z.union([
    z.string(),
    z
      .array(z.union([part, otherPart]))
      .min(least)
      .max(1024),
  ]);

/** Content of a system or developer message. */
export const instructionContentSchema = parts(z.discriminatedUnion("type", [textPart]), 1);

const userPart = z.discriminatedUnion("type", [textPart, imagePart, audioPart, filePart]);

/** Content of a user message. */
export const userContentSchema = parts(userPart, 1);

/** Content of a tool message. */
export const toolContentSchema = parts(userPart);

/** Content of an assistant message. */
export const assistantContentSchema = parts(z.discriminatedUnion("type", [textPart, refusalPart]));

/** One piece of content of any message that a part stands for. */
export type KnownContent =
  | z.infer<typeof textPart>
  | z.infer<typeof imagePart>
  | z.infer<typeof audioPart>
  | z.infer<typeof filePart>
  | z.infer<typeof refusalPart>;

export type OtherContent = z.infer<typeof otherPart>;

/** One piece of content of any message. */
export type ContentPart = KnownContent | OtherContent;

/** Tells content that has a part from content that is carried along. */
export function isKnownContent(content: ContentPart): content is KnownContent {
  return KNOWN.has(content.type);
}

export type ImageContent = z.infer<typeof imagePart>;
export type AudioContent = z.infer<typeof audioPart>;
export type FileContent = z.infer<typeof filePart>;
