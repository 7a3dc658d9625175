import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Tool, ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { toGoogleSchema } from "./to-google-schema.ts";

/** The fields of a body that concern tools; none where there are no tools. */
export interface GoogleToolFields {
  tools?: { functionDeclarations: JsonObject[] }[];
  toolConfig?: { functionCallingConfig: { mode: string; allowedFunctionNames?: string[] } };
}

/** Writes tools and how they are used. */
export function toGoogleTools(request: ChatRequest, takesJsonSchema: boolean, log: AdaptationLog): GoogleToolFields {
  if (request.tools.length === 0) return {};
  const functionDeclarations = request.tools.map((tool, index) => toDeclaration(tool, `tools[${index}]`, takesJsonSchema, log));
  const fields: GoogleToolFields = { tools: [{ functionDeclarations }] };
  const choice = request.toolChoice;
  if (choice?.parallel === false) log.dropped("tool_choice.parallel", "Gemini cannot be told to call one tool at a time.");
  const mode = toMode(choice?.mode);
  if (mode !== undefined) {
    const named = choice?.mode === ToolChoiceMode.NAMED ? { allowedFunctionNames: [choice.name] } : {};
    fields.toolConfig = { functionCallingConfig: { mode, ...named } };
  }
  return fields;
}

function toMode(mode: ToolChoiceMode | undefined): string | undefined {
  switch (mode) {
    case ToolChoiceMode.AUTO:
      return "AUTO";
    case ToolChoiceMode.NONE:
      return "NONE";
    case ToolChoiceMode.REQUIRED:
    case ToolChoiceMode.NAMED:
      return "ANY";
    default:
      return undefined;
  }
}

function toDeclaration(tool: Tool, path: string, takesJsonSchema: boolean, log: AdaptationLog): JsonObject {
  if (tool.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Gemini caches long prompts by itself.");
  if (tool.strict === true) log.dropped(`${path}.strict`, "Gemini follows schemas of tools as well as it can.");
  return {
    name: tool.name,
    ...(tool.description === "" ? {} : { description: tool.description }),
    ...toParameters(tool, `${path}.parameters_json`, takesJsonSchema, log),
  };
}

/** An object without properties is refused; a tool without arguments has no schema. */
function toParameters({ parametersJson }: Tool, path: string, takesJsonSchema: boolean, log: AdaptationLog): JsonObject {
  if (parametersJson === "") return {};
  const { schema, isJsonSchema } = toGoogleSchema(parametersJson, path, takesJsonSchema, log);
  if (isJsonSchema) return { parametersJsonSchema: schema };
  return isObject(schema["properties"]) ? { parameters: schema } : {};
}
