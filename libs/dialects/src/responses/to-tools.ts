import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import type { Findings } from "../findings.ts";
import { keepIfUnknownKeys } from "../leftovers.ts";
import type { ResponsesBody } from "./responses-body.ts";
import { type AllowedTools, isFunctionTool, type NamedFunction, type ToolChoiceBody } from "./tool-schema.ts";
import { toFunction } from "../openai/to-tools.ts";

const KNOWN: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict"]);

const MODES = {
  none: ToolChoiceMode.NONE,
  auto: ToolChoiceMode.AUTO,
  required: ToolChoiceMode.REQUIRED,
} as const;

/**
 * The functions of a body. With a tool that OpenAI runs itself, the whole list is kept among the unknown fields. Functions
 * that the choice does not allow are left out, which comes to the same.
 */
export function toTools({ tools, tool_choice: choice }: ResponsesBody, { leftovers }: Findings): Tool[] {
  const known: Tool[] = [];
  const allowed = allowedNames(choice);
  for (const tool of tools ?? []) {
    if (!isFunctionTool(tool)) {
      leftovers.top.set("tools", tools);
      continue;
    }
    keepIfUnknownKeys(leftovers, "tools", tools, tool, KNOWN);
    if (allowed === undefined || allowed.has(tool.name)) known.push(toFunction(tool));
  }
  return known;
}

/** How the model uses the tools; a choice of a tool that OpenAI runs itself is kept among the unknown fields. */
export function toToolChoice(body: ResponsesBody, { leftovers }: Findings): ToolChoice | undefined {
  const { tool_choice: choice, parallel_tool_calls: parallel } = body;
  const given = choice !== null && choice !== undefined;
  if (!given && (parallel === null || parallel === undefined)) return undefined;
  const message: ToolChoice = { $typeName: "fairlead.chat.v1.ToolChoice", mode: ToolChoiceMode.UNSPECIFIED, name: "" };
  if (given) Object.assign(message, read(choice));
  if (given && typeof choice === "object" && allowedNames(choice) === undefined && choice.type !== "function") {
    leftovers.top.set("tool_choice", choice);
  }
  if (parallel !== null && parallel !== undefined) message.parallel = parallel;
  return message;
}

function read(choice: ToolChoiceBody): { mode: ToolChoiceMode; name?: string } {
  if (typeof choice === "string") return { mode: MODES[choice] };
  if (choice.type === "function") return { mode: ToolChoiceMode.NAMED, name: (choice as NamedFunction).name };
  if (choice.type === "allowed_tools") return { mode: MODES[(choice as AllowedTools).mode] };
  return { mode: ToolChoiceMode.UNSPECIFIED };
}

/** Names that the choice allows; undefined when it allows all, or tools that OpenAI runs itself. */
function allowedNames(choice: ToolChoiceBody | null | undefined): ReadonlySet<string> | undefined {
  if (typeof choice !== "object" || choice === null || choice.type !== "allowed_tools") return undefined;
  const { tools } = choice as AllowedTools;
  const names = tools.map((tool) => (tool.type === "function" ? tool["name"] : undefined));
  return names.every((name) => typeof name === "string") ? new Set(names) : undefined;
}
