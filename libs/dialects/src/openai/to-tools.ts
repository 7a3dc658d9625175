import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { toCacheMarker } from "../cache-control.ts";
import type { Findings } from "../findings.ts";
import { keepIfUnknownKeys } from "../leftovers.ts";
import type { ChatBody } from "./chat-body.ts";
import { type AllowedTools, type FunctionBody, type FunctionTool, isFunctionTool } from "./tool-schema.ts";

const KNOWN_TOOL: ReadonlySet<string> = new Set(["type", "function", "cache_control"]);
const KNOWN_FUNCTION: ReadonlySet<string> = new Set(["name", "description", "parameters", "strict"]);

const MODES = {
  none: ToolChoiceMode.NONE,
  auto: ToolChoiceMode.AUTO,
  required: ToolChoiceMode.REQUIRED,
  any: ToolChoiceMode.REQUIRED,
} as const;

/**
 * The functions of a body, those of the older `functions` form included. With a tool that is no function, the whole list
 * is kept among the unknown fields. Functions that the choice does not allow are left out, which comes to the same.
 */
export function toTools(body: ChatBody, findings: Findings): Tool[] {
  const tools: Tool[] = [];
  const allowed = allowedNames(body);
  for (const tool of body.tools ?? []) {
    if (!isFunctionTool(tool)) findings.leftovers.top.set("tools", body.tools);
    else if (allowed === undefined || allowed.has(tool.function.name)) tools.push(toTool(tool, body.tools, findings));
  }
  for (const legacy of body.functions ?? []) tools.push(toFunction(legacy));
  return tools;
}

/** How the model uses the tools; undefined when the body leaves it to the provider. */
export function toToolChoice(body: ChatBody, findings: Findings): ToolChoice | undefined {
  const choice = readChoice(body, findings);
  const parallel = body.parallel_tool_calls;
  if (choice === undefined && (parallel === null || parallel === undefined)) return undefined;
  const { mode, name } = choice ?? { mode: ToolChoiceMode.UNSPECIFIED, name: "" };
  const message: ToolChoice = { $typeName: "fairlead.chat.v1.ToolChoice", mode, name };
  if (parallel !== null && parallel !== undefined) message.parallel = parallel;
  return message;
}

function readChoice(body: ChatBody, { leftovers }: Findings): { mode: ToolChoiceMode; name: string } | undefined {
  const choice = body.tool_choice ?? body.function_call;
  if (choice === null || choice === undefined) return undefined;
  if (typeof choice === "string") return { mode: MODES[choice], name: "" };
  if ("function" in choice) return { mode: ToolChoiceMode.NAMED, name: (choice.function as { name: string }).name };
  if (!("type" in choice)) return { mode: ToolChoiceMode.NAMED, name: choice.name };
  if (allowedNames(body) === undefined) leftovers.top.set("tool_choice", choice);
  return choice.type === "allowed_tools" ? { mode: MODES[(choice as AllowedTools).allowed_tools.mode], name: "" } : undefined;
}

/** Names that the choice allows; undefined when it allows all, or tools that are no functions. */
function allowedNames({ tool_choice: choice }: ChatBody): ReadonlySet<string> | undefined {
  if (typeof choice !== "object" || choice === null || choice.type !== "allowed_tools") return undefined;
  const names = (choice as AllowedTools).allowed_tools.tools.map((tool) => (tool.type === "function" ? tool.function?.name : undefined));
  return names.every((name) => name !== undefined) ? new Set(names) : undefined;
}

function toTool(body: FunctionTool, tools: ChatBody["tools"], { leftovers }: Findings): Tool {
  keepIfUnknownKeys(leftovers, "tools", tools, body, KNOWN_TOOL);
  keepIfUnknownKeys(leftovers, "tools", tools, body.function, KNOWN_FUNCTION);
  const tool = toFunction(body.function);
  const marker = toCacheMarker(body.cache_control);
  if (marker !== undefined) tool.cacheMarker = marker;
  return tool;
}

/** A function as the contract has it. */
export function toFunction({ name, description, parameters, strict }: FunctionBody): Tool {
  const tool: Tool = {
    $typeName: "fairlead.chat.v1.Tool",
    name,
    description: description ?? "",
    parametersJson: parameters === null || parameters === undefined ? "" : JSON.stringify(parameters),
  };
  if (strict !== null && strict !== undefined) tool.strict = strict;
  return tool;
}
