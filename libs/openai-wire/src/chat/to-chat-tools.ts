import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import type { ChatCompletionFunctionTool, ChatCompletionToolChoiceOption } from "openai/resources/chat/completions";
import { readSchema } from "../json-schema.ts";
import { cacheMark, type Writing } from "../writing.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export interface ChatToolFields {
  tools?: ChatCompletionFunctionTool[];
  tool_choice?: ChatCompletionToolChoiceOption | "any";
  parallel_tool_calls?: boolean;
}

/** Writes tools and how they are used. */
export function toChatTools(request: ChatRequest, writing: Writing): ChatToolFields {
  if (request.tools.length === 0) return {};
  const { flavor, log } = writing;
  const fields: ChatToolFields = {
    tools: request.tools.map((tool, index) => toTool(tool, `tools[${index}]`, writing)),
  };
  const choice = toChoice(request.toolChoice, flavor.requiredToolChoice);
  if (choice !== undefined) fields.tool_choice = choice;
  const parallel = request.toolChoice?.parallel;
  if (parallel !== undefined) {
    if (flavor.parallelToolCalls) fields.parallel_tool_calls = parallel;
    else if (!parallel) log.dropped("tool_choice.parallel", `${flavor.name} does not bound the calls of a turn.`);
  }
  return fields;
}

function toTool(tool: Tool, path: string, writing: Writing): ChatCompletionFunctionTool {
  const { flavor, log } = writing;
  const strict = tool.strict === true && flavor.strictTools;
  const written: ChatCompletionFunctionTool["function"] = { name: tool.name };
  if (tool.description !== "") written.description = tool.description;
  if (tool.parametersJson !== "")
    written.parameters = { ...readSchema(tool.parametersJson, strict, `${path}.parameters_json`, log) };
  if (tool.strict !== undefined && flavor.strictTools) written.strict = tool.strict;
  else if (tool.strict === true) log.dropped(`${path}.strict`, `${flavor.name} does not hold calls to the schema.`);
  return { type: "function", function: written, ...cacheMark(tool, false, path, writing) };
}

function toChoice(choice: ToolChoice | undefined, required: "required" | "any"): ChatToolFields["tool_choice"] {
  switch (choice?.mode) {
    case ToolChoiceMode.AUTO:
      return "auto";
    case ToolChoiceMode.NONE:
      return "none";
    case ToolChoiceMode.REQUIRED:
      return required;
    case ToolChoiceMode.NAMED:
      return { type: "function", function: { name: choice.name } };
    default:
      return undefined;
  }
}
