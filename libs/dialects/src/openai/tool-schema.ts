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

/** A tool that is no function, such as a custom tool. */
const otherTool = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => type !== "function", { message: "A function tool has a function.", abort: true });

export const toolSchema = z.union([functionTool, otherTool]);

const allowedTools = z.looseObject({
  type: z.literal("allowed_tools"),
  allowed_tools: z.looseObject({
    mode: z.enum(["auto", "required"]),
    tools: z.array(z.looseObject({ type: z.string().min(1).max(256), function: z.looseObject({ name: functionName }).optional() })).max(256),
  }),
});

const otherChoice = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => type !== "function" && type !== "allowed_tools", { message: "A choice of this type is malformed.", abort: true });

/** Mistral's clients write "any" for "required". */
export const toolChoiceSchema = z.union([
  z.enum(["none", "auto", "required", "any"]),
  z.discriminatedUnion("type", [namedFunction, allowedTools]),
  otherChoice,
]);

/** The older form of tools and tool_choice. */
export const legacyFunctionsSchema = z.array(functionSchema).max(256);
export const legacyFunctionCallSchema = z.union([z.enum(["none", "auto"]), z.looseObject({ name: functionName })]);

export type ToolBody = z.infer<typeof toolSchema>;
export type FunctionTool = z.infer<typeof functionTool>;
export type FunctionBody = z.infer<typeof functionSchema>;
export type ToolChoiceBody = z.infer<typeof toolChoiceSchema>;
export type AllowedTools = z.infer<typeof allowedTools>;

export function isFunctionTool(tool: ToolBody): tool is FunctionTool {
  return tool.type === undefined || tool.type === "function";
}
