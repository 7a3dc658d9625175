import { z } from "zod";
import { jsonObjectSchema } from "../json-object-schema.ts";

const toolName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9_.:-]+$/);

const functionTool = z.looseObject({
  type: z.literal("function"),
  name: toolName,
  description: z.string().nullish(),
  parameters: jsonObjectSchema.nullish(),
  strict: z.boolean().nullish(),
});

/** A tool that only the Responses API has, such as web_search. */
const hostedTool = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => type !== "function", { message: "A function has a name.", abort: true });

export const toolSchema = z.union([functionTool, hostedTool]);

const namedFunction = z.looseObject({ type: z.literal("function"), name: toolName });

const allowedTools = z.looseObject({
  type: z.literal("allowed_tools"),
  mode: z.enum(["auto", "required"]),
  tools: z.array(z.looseObject({ type: z.string().min(1).max(256) })).max(256),
});

const CHOICES: ReadonlySet<string> = new Set(["function", "allowed_tools"]);
const hostedChoice = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => !CHOICES.has(type), { message: "A choice of this type is malformed.", abort: true });

export const toolChoiceSchema = z.union([
  z.enum(["none", "auto", "required"]),
  z.discriminatedUnion("type", [namedFunction, allowedTools]),
  hostedChoice,
]);

export type FunctionTool = z.infer<typeof functionTool>;
export type ToolBody = z.infer<typeof toolSchema>;
export type ToolChoiceBody = z.infer<typeof toolChoiceSchema>;
export type NamedFunction = z.infer<typeof namedFunction>;
export type AllowedTools = z.infer<typeof allowedTools>;

export function isFunctionTool(tool: ToolBody): tool is FunctionTool {
  return tool.type === "function";
}
