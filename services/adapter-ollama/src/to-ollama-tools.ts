import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { invalidField } from "@fairlead/rpc/fairlead-error";

/** Tools as Ollama is offered them, and what it is told about them in words. */
export interface OllamaTools {
  /** Undefined: none. */
  readonly tools: JsonObject[] | undefined;
  readonly instruction: string | undefined;
  /** The one tool that must be called; its arguments are asked for as a form of the answer. Undefined: none. */
  readonly forced: ForcedTool | undefined;
}

/** A tool whose arguments are the answer. */
export interface ForcedTool {
  readonly name: string;
  /** JSON schema of the arguments. */
  readonly schema: JsonObject;
}

const NONE: OllamaTools = { tools: undefined, instruction: undefined, forced: undefined };

/**
 * Writes tools. Ollama leaves the choice to the model, so another choice is reached by what is offered and by words.
 *
 * @param calls whether the model calls tools
 */
export function toOllamaTools(request: ChatRequest, calls: boolean, log: AdaptationLog): OllamaTools {
  const { tools, toolChoice } = request;
  if (tools.length === 0) return NONE;
  if (!calls) {
    log.dropped("tools", "The model calls no tools.");
    return NONE;
  }
  const mode = toolChoice?.mode;
  if (mode === ToolChoiceMode.NONE) {
    log.emulated("tool_choice", "Ollama is offered no tools.");
    return NONE;
  }
  if (toolChoice?.parallel === false)
    log.dropped("tool_choice.parallel", "Ollama cannot be told to call one tool at a time.");
  const mustCall = mode === ToolChoiceMode.REQUIRED || mode === ToolChoiceMode.NAMED;
  const offered = mode === ToolChoiceMode.NAMED ? [named(tools, toolChoice?.name ?? "")] : tools;
  const [only] = offered;
  if (mustCall && offered.length === 1 && only !== undefined) return forceTool(only, `tools[${tools.indexOf(only)}]`, log);
  if (mustCall) log.emulated("tool_choice", "Ollama is told in words to call a tool.");
  return {
    tools: offered.map((tool) => toTool(tool, `tools[${tools.indexOf(tool)}]`, log)),
    instruction: mustCall ? "Call one of the tools instead of answering in text." : undefined,
    forced: undefined,
  };
}

/** Ollama cannot be made to call a tool, but to answer in a form: that of the tool's arguments. */
function forceTool(tool: Tool, path: string, log: AdaptationLog): OllamaTools {
  log.emulated("tool_choice", "Ollama is asked for the tool's arguments as the form of its answer.");
  noteTool(tool, path, log);
  const purpose = tool.description === "" ? "" : ` What it is for: ${tool.description}`;
  const instruction = `Answer with the arguments of a call of the tool ${tool.name} as one JSON object.${purpose}`;
  return { tools: undefined, instruction, forced: { name: tool.name, schema: parametersOf(tool, path) } };
}

function named(tools: readonly Tool[], name: string): Tool {
  const tool = tools.find((offered) => offered.name === name);
  if (tool === undefined) throw invalidField("chat.tool_choice.name", "there is no such tool in the request");
  return tool;
}

function toTool(tool: Tool, path: string, log: AdaptationLog): JsonObject {
  noteTool(tool, path, log);
  return { type: "function", function: { name: tool.name, description: tool.description, parameters: parametersOf(tool, path) } };
}

function noteTool(tool: Tool, path: string, log: AdaptationLog): void {
  if (tool.strict === true) log.dropped(`${path}.strict`, "Ollama follows schemas of tools as well as the model can.");
  if (tool.cacheMarker !== undefined)
    log.emulated(`${path}.cache_marker`, "Ollama keeps the last prompt in memory by itself.");
}

function parametersOf(tool: Tool, path: string): JsonObject {
  const parameters = tool.parametersJson === "" ? {} : parseSchema(tool.parametersJson, `${path}.parameters_json`);
  return { properties: {}, ...parameters, type: "object" };
}
