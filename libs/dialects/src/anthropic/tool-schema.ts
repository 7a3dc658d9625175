import { z } from "zod";
import { cacheControlSchema } from "../cache-control.ts";
import { jsonObjectSchema } from "../json-object-schema.ts";

const toolName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9_.:-]+$/);

const customTool = z.looseObject({
  type: z.literal("custom").nullish(),
  name: toolName,
  description: z.string().nullish(),
  input_schema: jsonObjectSchema,
  strict: z.boolean().nullish(),
  cache_control: cacheControlSchema,
});

/** A tool that Anthropic runs itself; only Anthropic can take it. */
const serverTool = z
  .looseObject({ type: z.string().min(1).max(256) })
  .refine(({ type }) => type !== "custom", { message: "A custom tool has a name and an input_schema.", abort: true });

export const toolSchema = z.union([customTool, serverTool]);

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };

export const toolChoiceSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("auto"), ...parallel }),
  z.looseObject({ type: z.literal("any"), ...parallel }),
  z.looseObject({ type: z.literal("tool"), name: toolName, ...parallel }),
  z.looseObject({ type: z.literal("none") }),
]);

export type CustomTool = z.infer<typeof customTool>;
export type ServerTool = z.infer<typeof serverTool>;
export type ToolChoiceBody = z.infer<typeof toolChoiceSchema>;

export function isCustomTool(tool: CustomTool | ServerTool): tool is CustomTool {
  return tool.type === undefined || tool.type === null || tool.type === "custom";
}
