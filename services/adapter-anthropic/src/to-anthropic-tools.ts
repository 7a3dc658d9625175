import type { Tool as AnthropicTool, ToolChoice as AnthropicToolChoice } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { compileOutputSchema } from "./compile-output-schema.ts";
import { toCacheControl } from "./to-anthropic-content.ts";
import type { ToolNames } from "./tool-names.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export interface AnthropicToolFields {
  tools?: AnthropicTool[];
  tool_choice?: AnthropicToolChoice;
}

/** What bears on how tools are written. */
export interface ToolFacts {
  readonly names: ToolNames;
  /** What the caller wrote in Anthropic's own dialect: its whole list of tools stands in place of the request's. */
  readonly written: AnthropicToolFields;
  /** False for a model that refuses to be forced, which is then left the choice. */
  readonly mayForce: boolean;
}

/** Writes tools and how they are used. */
export function toAnthropicTools(request: ChatRequest, { names, written, mayForce }: ToolFacts, log: AdaptationLog): AnthropicToolFields {
  const tools = written.tools ?? request.tools.map((tool, index) => toTool(tool, names, `tools[${index}]`, log));
  if (tools.length === 0) return {};
  const fields: AnthropicToolFields = { tools };
  const choice = toChoice(request.toolChoice, names);
  if (choice !== undefined) fields.tool_choice = choice;
  if (!mayForce && forcesTool(fields)) {
    log.dropped("tool_choice", "The model cannot be made to use a tool; it is left the choice.");
    fields.tool_choice = { type: "auto", ...(request.toolChoice?.parallel === false ? { disable_parallel_tool_use: true } : {}) };
  }
  // The caller's own choice can say more than the request does.
  if (fields.tool_choice !== undefined && written.tool_choice?.type === fields.tool_choice.type) {
    fields.tool_choice = { ...written.tool_choice, ...fields.tool_choice } as AnthropicToolChoice;
  }
  return fields;
}

/** True when the choice forces a tool, which conflicts with thinking. */
export function forcesTool(fields: AnthropicToolFields): boolean {
  return fields.tool_choice?.type === "any" || fields.tool_choice?.type === "tool";
}

function toTool(tool: Tool, names: ToolNames, path: string, log: AdaptationLog): AnthropicTool {
  const at = `${path}.parameters_json`;
  const schema = tool.parametersJson === "" ? {} : parseSchema(tool.parametersJson, at);
  const strict = tool.strict === true ? compileOutputSchema(schema, at, log) : schema;
  const marker = toCacheControl(tool, path, log);
  return {
    name: names.write(tool.name),
    ...(tool.description === "" ? {} : { description: tool.description }),
    input_schema: { properties: {}, ...strict, type: "object" },
    ...(tool.strict === true ? { strict: true } : {}),
    ...(marker === undefined ? {} : { cache_control: marker }),
  };
}

function toChoice(choice: ToolChoice | undefined, names: ToolNames): AnthropicToolChoice | undefined {
  const single = choice?.parallel === undefined ? {} : { disable_parallel_tool_use: !choice.parallel };
  switch (choice?.mode) {
    case ToolChoiceMode.NONE:
      return { type: "none" };
    case ToolChoiceMode.REQUIRED:
      return { type: "any", ...single };
    case ToolChoiceMode.NAMED:
      return { type: "tool", name: names.write(choice.name), ...single };
    case ToolChoiceMode.AUTO:
      return { type: "auto", ...single };
    default:
      return choice?.parallel === false ? { type: "auto", ...single } : undefined;
  }
}
