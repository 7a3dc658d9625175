import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { ChatCompletionFunctionTool, ChatCompletionToolChoiceOption } from "openai/resources/chat/completions";
import { compileStrictSchema } from "./compile-strict-schema.ts";
import { noteCacheMarker } from "./to-openai-content.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export interface OpenaiToolFields {
  tools?: ChatCompletionFunctionTool[];
  tool_choice?: ChatCompletionToolChoiceOption;
  parallel_tool_calls?: boolean;
}

/** Writes tools and how they are used. */
export function toOpenaiTools(request: ChatRequest, log: AdaptationLog): OpenaiToolFields {
  if (request.tools.length === 0) return {};
  const fields: OpenaiToolFields = { tools: request.tools.map((tool, index) => toTool(tool, `tools[${index}]`, log)) };
  const choice = toChoice(request.toolChoice);
  if (choice !== undefined) fields.tool_choice = choice;
  if (request.toolChoice?.parallel !== undefined) fields.parallel_tool_calls = request.toolChoice.parallel;
  return fields;
}

function toTool(tool: Tool, path: string, log: AdaptationLog): ChatCompletionFunctionTool {
  noteCacheMarker(tool, path, log);
  const written: ChatCompletionFunctionTool["function"] = { name: tool.name };
  if (tool.description !== "") written.description = tool.description;
  if (tool.parametersJson !== "") {
    const schema = parseSchema(tool.parametersJson, `${path}.parameters_json`);
    written.parameters = { ...(tool.strict === true ? strictSchema(schema, `${path}.parameters_json`, log) : schema) };
  }
  if (tool.strict !== undefined) written.strict = tool.strict;
  return { type: "function", function: written };
}

/** A schema of the request as an object. Throws INVALID_REQUEST where it is none. */
export function parseSchema(text: string, path: string): JsonObject {
  const schema = parseJson(text);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw invalidField(`chat.${path}`, "a JSON object is expected");
  }
  return asObject(schema);
}

/** A schema as strict mode wants it, noted where it had to be changed. */
export function strictSchema(schema: JsonObject, path: string, log: AdaptationLog): JsonObject {
  const compiled = compileStrictSchema(schema);
  if (compiled.changed) log.emulated(path, "OpenAI's strict mode wants closed objects; what was optional may be null instead.");
  return compiled.schema;
}

function toChoice(choice: ToolChoice | undefined): ChatCompletionToolChoiceOption | undefined {
  switch (choice?.mode) {
    case ToolChoiceMode.AUTO:
      return "auto";
    case ToolChoiceMode.NONE:
      return "none";
    case ToolChoiceMode.REQUIRED:
      return "required";
    case ToolChoiceMode.NAMED:
      return { type: "function", function: { name: choice.name } };
    default:
      return undefined;
  }
}
