import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, type ToolChoice, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { invalidField } from "@fairlead/rpc/fairlead-error";

/** The fields of a body that concern tools; none where there are no tools. */
export interface CohereToolFields {
  tools?: JsonObject[];
  tool_choice?: "REQUIRED" | "NONE";
  strict_tools?: true;
}

/**
 * Writes tools and how they are used. Cohere cannot be told which tool to call, so that tool is offered alone.
 *
 * @param calls whether the model calls tools
 */
export function toCohereTools(request: ChatRequest, calls: boolean, log: AdaptationLog): CohereToolFields {
  if (request.tools.length === 0) return {};
  if (!calls) {
    log.dropped("tools", "The model calls no tools.");
    return {};
  }
  const choice = request.toolChoice;
  const offered = choice?.mode === ToolChoiceMode.NAMED ? named(request.tools, choice, log) : request.tools;
  const fields: CohereToolFields = {
    tools: offered.map((tool) => toTool(tool, `tools[${request.tools.indexOf(tool)}]`, log)),
  };
  if (choice?.mode === ToolChoiceMode.NONE) fields.tool_choice = "NONE";
  if (choice?.mode === ToolChoiceMode.REQUIRED || choice?.mode === ToolChoiceMode.NAMED)
    fields.tool_choice = "REQUIRED";
  if (choice?.parallel === false)
    log.dropped("tool_choice.parallel", "Cohere cannot be told to call one tool at a time.");
  if (isStrict(request.tools, log)) fields.strict_tools = true;
  return fields;
}

function named(tools: readonly Tool[], { name }: ToolChoice, log: AdaptationLog): readonly Tool[] {
  const tool = tools.find((offered) => offered.name === name);
  if (tool === undefined) throw invalidField("chat.tool_choice.name", "there is no such tool in the request");
  log.emulated("tool_choice", "Cohere is offered the named tool alone and must call one.");
  return [tool];
}

/** Strictness holds for all tools or none, so it holds where a tool asks for it and none refuses it. */
function isStrict(tools: readonly Tool[], log: AdaptationLog): boolean {
  const wanted = tools.filter(({ strict }) => strict === true);
  if (wanted.length === 0) return false;
  if (tools.every(({ strict }) => strict !== false)) return true;
  for (const tool of wanted)
    log.dropped(`tools[${tools.indexOf(tool)}].strict`, "Cohere follows the schemas of all tools exactly or of none.");
  return false;
}

function toTool(tool: Tool, path: string, log: AdaptationLog): JsonObject {
  if (tool.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Cohere caches prompts by itself.");
  const parameters = tool.parametersJson === "" ? {} : parseSchema(tool.parametersJson, `${path}.parameters_json`);
  return {
    type: "function",
    function: {
      name: tool.name,
      ...(tool.description === "" ? {} : { description: tool.description }),
      parameters: { properties: {}, ...parameters, type: "object" },
    },
  };
}
