import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import type { FunctionTool, ResponseCreateParams } from "openai/resources/responses/responses";
import { readSchema } from "../json-schema.ts";
import { cacheMark, type Writing } from "../writing.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export type ResponsesToolFields = Pick<ResponseCreateParams, "tools" | "tool_choice" | "parallel_tool_calls">;

/** Writes tools and how they are used. */
export function toResponsesTools(request: ChatRequest, writing: Writing): ResponsesToolFields {
  if (request.tools.length === 0) return {};
  const choice = toChoice(request.toolChoice);
  const parallel = request.toolChoice?.parallel;
  return {
    tools: request.tools.map((tool, index) => toTool(tool, `tools[${index}]`, writing)),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  };
}

function toTool(tool: Tool, path: string, writing: Writing): FunctionTool {
  const strict = tool.strict ?? false;
  const parameters =
    tool.parametersJson === ""
      ? null
      : { ...readSchema(tool.parametersJson, strict, `${path}.parameters_json`, writing.log) };
  return {
    type: "function",
    name: tool.name,
    ...(tool.description === "" ? {} : { description: tool.description }),
    parameters,
    // Strict unless told otherwise here, and the other way round everywhere else.
    strict,
    ...cacheMark(tool, false, path, writing),
  };
}

function toChoice(choice: ToolChoice | undefined): ResponseCreateParams["tool_choice"] {
  switch (choice?.mode) {
    case ToolChoiceMode.AUTO:
      return "auto";
    case ToolChoiceMode.NONE:
      return "none";
    case ToolChoiceMode.REQUIRED:
      return "required";
    case ToolChoiceMode.NAMED:
      return { type: "function", name: choice.name };
    default:
      return undefined;
  }
}
