import { z } from "zod";
import { cacheControlSchema } from "../cache-control.ts";

const textPart = z.looseObject({ type: z.literal("text"), text: z.string(), cache_control: cacheControlSchema });

const imagePart = z.looseObject({
  type: z.literal("image_url"),
  image_url: z.looseObject({ url: z.string().min(1), detail: z.enum(["auto", "low", "high"]).nullish() }),
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

const parts = <T extends z.core.SomeType>(part: T, least = 0) =>
  z.union([z.string(), z.array(part).min(least).max(1024)]);

/** Content of a system or developer message. */
export const instructionContentSchema = parts(z.discriminatedUnion("type", [textPart]), 1);

const userPart = z.discriminatedUnion("type", [textPart, imagePart, audioPart, filePart]);

/** Content of a user message. */
export const userContentSchema = parts(userPart, 1);

/** Content of a tool message. */
export const toolContentSchema = parts(userPart);

/** Content of an assistant message. */
export const assistantContentSchema = parts(z.discriminatedUnion("type", [textPart, refusalPart]));

/** One piece of content of any message. */
export type ContentPart =
  | z.infer<typeof textPart>
  | z.infer<typeof imagePart>
  | z.infer<typeof audioPart>
  | z.infer<typeof filePart>
  | z.infer<typeof refusalPart>;

export type ImageContent = z.infer<typeof imagePart>;
export type AudioContent = z.infer<typeof audioPart>;
export type FileContent = z.infer<typeof filePart>;
