import type { Tool, ToolChoice } from "@fairlead/contracts/chat/v1/tool";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { toCacheMarker } from "../cache-control.ts";
import type { Findings } from "../findings.ts";
import { keepIfUnknownKeys } from "../leftovers.ts";
import type { MessagesBody } from "./messages-body.ts";
import { type CustomTool, isCustomTool, type ToolChoiceBody } from "./tool-schema.ts";

const KNOWN: ReadonlySet<string> = new Set(["type", "name", "description", "input_schema", "strict", "cache_control"]);

const KNOWN_MARKER: ReadonlySet<string> = new Set(["type", "ttl"]);

const MODES = {
  auto: ToolChoiceMode.AUTO,
  any: ToolChoiceMode.REQUIRED,
  tool: ToolChoiceMode.NAMED,
  none: ToolChoiceMode.NONE,
} as const;

/** The caller's own tools. With one that Anthropic runs itself, the whole list is kept among the unknown fields. */
export function toTools(tools: MessagesBody["tools"], findings: Findings): Tool[] {
  const known: Tool[] = [];
  for (const tool of tools ?? []) {
    if (isCustomTool(tool)) known.push(toTool(tool, tools, findings));
    else findings.leftovers.top.set("tools", tools);
  }
  return known;
}

/** How the model uses the tools. */
export function toToolChoice(body: ToolChoiceBody): ToolChoice {
  const choice: ToolChoice = {
    $typeName: "fairlead.chat.v1.ToolChoice",
    mode: MODES[body.type],
    name: body.type === "tool" ? body.name : "",
  };
  const single = body.type === "none" ? undefined : body.disable_parallel_tool_use;
  if (single !== null && single !== undefined) choice.parallel = !single;
  return choice;
}

function toTool(body: CustomTool, tools: MessagesBody["tools"], { leftovers }: Findings): Tool {
  keepIfUnknownKeys(leftovers, "tools", tools, body, KNOWN);
  keepIfUnknownKeys(leftovers, "tools", tools, body.cache_control ?? {}, KNOWN_MARKER);
  const tool: Tool = {
    $typeName: "fairlead.chat.v1.Tool",
    name: body.name,
    description: body.description ?? "",
    parametersJson: JSON.stringify(body.input_schema),
  };
  if (body.strict !== null && body.strict !== undefined) tool.strict = body.strict;
  const marker = toCacheMarker(body.cache_control);
  if (marker !== undefined) tool.cacheMarker = marker;
  return tool;
}
