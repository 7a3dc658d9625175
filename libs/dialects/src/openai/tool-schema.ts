import { z } from "zod";
import { cacheControlSchema } from "../cache-control.ts";
import { jsonObjectSchema } from "../json-object-schema.ts";

const functionName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9_.:-]+$/);

const functionSchema = z.looseObject({
  name: functionName,
  description: z.string().nullish(),
  parameters: jsonObjectSchema.nullish(),
  strict: z.boolean().nullish(),
});

const functionTool = z.looseObject({
  type: z.literal("function").optional(),
  function: functionSchema,
  cache_control: cacheControlSchema,
});

const namedFunction = z.looseObject({
  type: z.literal("function").optional(),
  function: z.looseObject({ name: functionName }),
});

// Unions of one, so that another type is refused for its type and not for what it lacks.
/** A tool; anything but a function is refused. */
export const toolSchema = z.discriminatedUnion("type", [functionTool]);

const namedTool = z.discriminatedUnion("type", [namedFunction]);

export const toolChoiceSchema = z.union([z.enum(["none", "auto", "required"]), namedTool]);

/** The older form of tools and tool_choice. */
export const legacyFunctionsSchema = z.array(functionSchema).max(256);
export const legacyFunctionCallSchema = z.union([z.enum(["none", "auto"]), z.looseObject({ name: functionName })]);

export type ToolBody = z.infer<typeof toolSchema>;
export type FunctionBody = z.infer<typeof functionSchema>;
export type ToolChoiceBody = z.infer<typeof toolChoiceSchema>;
