import { z } from "zod";

const inputText = z.looseObject({ type: z.literal("input_text"), text: z.string() });

const inputImage = z.looseObject({
  type: z.literal("input_image"),
  image_url: z.string().min(1).nullish(),
  file_id: z.string().min(1).max(512).nullish(),
  detail: z.string().max(64).nullish(),
});

const inputFile = z.looseObject({
  type: z.literal("input_file"),
  file_data: z.string().min(1).nullish(),
  file_id: z.string().min(1).max(512).nullish(),
  file_url: z
    .string()
    .max(8192)
    .regex(/^https?:\/\//i, "An http or https URL is expected.")
    .nullish(),
  filename: z.string().max(512).nullish(),
});

const inputAudio = z.looseObject({
  type: z.literal("input_audio"),
  input_audio: z.looseObject({ data: z.string().min(1), format: z.string().regex(/^[a-z0-9.+-]{1,32}$/i) }),
});

const outputText = z.looseObject({ type: z.literal("output_text"), text: z.string() });
const refusal = z.looseObject({ type: z.literal("refusal"), refusal: z.string() });

const known = z.discriminatedUnion("type", [inputText, inputImage, inputFile, inputAudio, outputText, refusal]);

const KNOWN: ReadonlySet<string> = new Set(known.options.map((option) => option.shape.type.value));

/** Content of a kind that the contract has no part for. */
const other = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !KNOWN.has(type), { message: "Content of this type is malformed.", abort: true });

/** Content of a message, or what a tool gave back. */
export const contentSchema = z.union([z.string(), z.array(z.union([known, other])).max(1024)]);

export type Content = z.infer<typeof contentSchema>;
export type KnownContent = z.infer<typeof known>;
export type OtherContent = z.infer<typeof other>;
export type ImageContent = z.infer<typeof inputImage>;
export type FileContent = z.infer<typeof inputFile>;
export type AudioContent = z.infer<typeof inputAudio>;

/** Tells content that has a part from content that is carried along. */
export function isKnownContent(content: KnownContent | OtherContent): content is KnownContent {
  return KNOWN.has(content.type);
}
