import type { Tool, ToolChoice } from "@fairlead/contracts/chat/v1/tool";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { toCacheMarker } from "../cache-control.ts";
import type { Findings } from "../findings.ts";
import { keepIfUnknownKeys } from "../leftovers.ts";
import type { ChatBody } from "./chat-body.ts";
import type { FunctionBody, ToolBody } from "./tool-schema.ts";

const KNOWN_TOOL: ReadonlySet<string> = new Set(["type", "function", "cache_control"]);
const KNOWN_FUNCTION: ReadonlySet<string> = new Set(["name", "description", "parameters", "strict"]);

const MODES = {
  none: ToolChoiceMode.NONE,
  auto: ToolChoiceMode.AUTO,
  required: ToolChoiceMode.REQUIRED,
} as const;

/** The tools of a body, those of the older `functions` form included. */
export function toTools(body: ChatBody, findings: Findings): Tool[] {
  const tools = (body.tools ?? []).map((tool) => toTool(tool, body.tools, findings));
  for (const legacy of body.functions ?? []) tools.push(toFunction(legacy));
  return tools;
}

/** How the model uses the tools; undefined when the body leaves it to the provider. */
export function toToolChoice(body: ChatBody): ToolChoice | undefined {
  const choice = readChoice(body);
  const parallel = body.parallel_tool_calls;
  if (choice === undefined && (parallel === null || parallel === undefined)) return undefined;
  const { mode, name } = choice ?? { mode: ToolChoiceMode.UNSPECIFIED, name: "" };
  const message: ToolChoice = { $typeName: "fairlead.chat.v1.ToolChoice", mode, name };
  if (parallel !== null && parallel !== undefined) message.parallel = parallel;
  return message;
}

function readChoice(body: ChatBody): { mode: ToolChoiceMode; name: string } | undefined {
  const choice = body.tool_choice ?? body.function_call;
  if (choice === null || choice === undefined) return undefined;
  if (typeof choice === "string") return { mode: MODES[choice], name: "" };
  const name = "function" in choice ? (choice.function as { name: string }).name : (choice as { name: string }).name;
  return { mode: ToolChoiceMode.NAMED, name };
}

function toTool(body: ToolBody, tools: ChatBody["tools"], { leftovers }: Findings): Tool {
  keepIfUnknownKeys(leftovers, "tools", tools, body, KNOWN_TOOL);
  keepIfUnknownKeys(leftovers, "tools", tools, body.function, KNOWN_FUNCTION);
  const tool = toFunction(body.function);
  const marker = toCacheMarker(body.cache_control);
  if (marker !== undefined) tool.cacheMarker = marker;
  return tool;
}

function toFunction({ name, description, parameters, strict }: FunctionBody): Tool {
  const tool: Tool = {
    $typeName: "fairlead.chat.v1.Tool",
    name,
    description: description ?? "",
    parametersJson: parameters === null || parameters === undefined ? "" : JSON.stringify(parameters),
  };
  if (strict !== null && strict !== undefined) tool.strict = strict;
  return tool;
}
