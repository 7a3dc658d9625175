import type { Tool as AnthropicTool, ToolChoice as AnthropicToolChoice } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { compileOutputSchema } from "./compile-output-schema.ts";
import { toCacheControl } from "./to-anthropic-content.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export interface AnthropicToolFields {
  tools?: AnthropicTool[];
  tool_choice?: AnthropicToolChoice;
}

/**
 * Writes tools and how they are used.
 *
 * @param mayForce false for a model that refuses to be forced, which is then left the choice
 */
export function toAnthropicTools(request: ChatRequest, mayForce: boolean, log: AdaptationLog): AnthropicToolFields {
  if (request.tools.length === 0) return {};
  const fields: AnthropicToolFields = { tools: request.tools.map((tool, index) => toTool(tool, `tools[${index}]`, log)) };
  const choice = toChoice(request.toolChoice);
  if (choice !== undefined) fields.tool_choice = choice;
  if (!mayForce && forcesTool(fields)) {
    log.dropped("tool_choice", "The model cannot be made to use a tool; it is left the choice.");
    fields.tool_choice = { type: "auto", ...(request.toolChoice?.parallel === false ? { disable_parallel_tool_use: true } : {}) };
  }
  return fields;
}

/** True when the choice forces a tool, which conflicts with thinking. */
export function forcesTool(fields: AnthropicToolFields): boolean {
  return fields.tool_choice?.type === "any" || fields.tool_choice?.type === "tool";
}

function toTool(tool: Tool, path: string, log: AdaptationLog): AnthropicTool {
  const at = `${path}.parameters_json`;
  const schema = tool.parametersJson === "" ? {} : parseSchema(tool.parametersJson, at);
  const strict = tool.strict === true ? compileOutputSchema(schema, at, log) : schema;
  const marker = toCacheControl(tool, path, log);
  return {
    name: tool.name,
    ...(tool.description === "" ? {} : { description: tool.description }),
    input_schema: { properties: {}, ...strict, type: "object" },
    ...(tool.strict === true ? { strict: true } : {}),
    ...(marker === undefined ? {} : { cache_control: marker }),
  };
}

/** A schema of the request as an object. Throws INVALID_REQUEST where it is none. */
export function parseSchema(text: string, path: string): JsonObject {
  const schema = parseJson(text);
  if (!isObject(schema)) throw invalidField(`chat.${path}`, "a JSON object is expected");
  return schema;
}

function toChoice(choice: ToolChoice | undefined): AnthropicToolChoice | undefined {
  const single = choice?.parallel === undefined ? {} : { disable_parallel_tool_use: !choice.parallel };
  switch (choice?.mode) {
    case ToolChoiceMode.NONE:
      return { type: "none" };
    case ToolChoiceMode.REQUIRED:
      return { type: "any", ...single };
    case ToolChoiceMode.NAMED:
      return { type: "tool", name: choice.name, ...single };
    case ToolChoiceMode.AUTO:
      return { type: "auto", ...single };
    default:
      return choice?.parallel === false ? { type: "auto", ...single } : undefined;
  }
}
