import type { OutputConfig } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { parseSchema } from "@fairlead/adapter-kit/json-schema";
import type { ChatRequest, JsonSchemaFormat } from "@fairlead/contracts/chat/v1/chat_request";
import { compileOutputSchema } from "./compile-output-schema.ts";
import type { AnthropicConversation } from "./to-anthropic-messages.ts";
import type { AnthropicToolFields } from "./to-anthropic-tools.ts";

const PATH = "response_format.json_schema.schema_json";

/** Name of the tool whose arguments are the answer. */
const ANSWER_TOOL = "answer_in_json";

/** What a model can do about the form of its answer. */
export interface FormatAbilities {
  /** Whether it follows a schema by itself. */
  readonly followsSchemas: boolean;
  /** Whether it can be made to use a tool. */
  readonly mayForce: boolean;
}

/** How the form of the answer is asked for. */
export interface AnthropicFormat {
  readonly format: OutputConfig["format"];
  /** Tools, with one more where the answer comes as its arguments. */
  readonly tools: AnthropicToolFields;
  /** Name of that tool. Empty: there is none. */
  readonly answerTool: string;
}

/**
 * Asks for the form of the answer: natively; by a tool whose arguments are the answer, where the model follows no schema;
 * in words, where there is no other way. Words are added to the system text.
 */
export function toOutputFormat(
  request: ChatRequest,
  abilities: FormatAbilities,
  tools: AnthropicToolFields,
  system: AnthropicConversation["system"],
  log: AdaptationLog,
): AnthropicFormat {
  const format = request.responseFormat?.format;
  if (format?.case === "jsonObject") {
    system.push({ type: "text", text: "Answer with one JSON object and nothing else." });
    log.emulated("response_format.json_object", "Anthropic is told so in words.");
  }
  if (format?.case !== "jsonSchema") return { format: undefined, tools, answerTool: "" };
  const given = parseSchema(format.value.schemaJson, PATH);
  if (abilities.followsSchemas) {
    const schema = { ...compileOutputSchema(given, PATH, log) };
    return { format: { type: "json_schema", schema }, tools, answerTool: "" };
  }
  if (abilities.mayForce && given["type"] === "object") return byTool(format.value, given, tools, log);
  system.push({ type: "text", text: `Answer with JSON that follows this schema, and nothing else:\n${format.value.schemaJson}` });
  log.emulated("response_format.json_schema", "The model is told so in words.");
  return { format: undefined, tools, answerTool: "" };
}

/** A tool that must be used: the answer's, or with other tools any of them. One that the caller forces comes first. */
function byTool({ description }: JsonSchemaFormat, schema: JsonObject, fields: AnthropicToolFields, log: AdaptationLog): AnthropicFormat {
  const { tools = [], tool_choice: choice } = fields;
  if (choice?.type === "tool") return { format: undefined, tools: fields, answerTool: "" };
  log.emulated("response_format.json_schema", "The model gives the answer as the arguments of a tool.");
  const taken = new Set(tools.map(({ name }) => name));
  let name = ANSWER_TOOL;
  while (taken.has(name)) name += "_";
  const answer = { name, description: description || "Gives the answer.", input_schema: { ...schema, type: "object" as const } };
  const only = tools.length === 0 || choice?.type === "none";
  const single = choice !== undefined && "disable_parallel_tool_use" in choice ? { disable_parallel_tool_use: choice.disable_parallel_tool_use } : {};
  const forced = only ? { type: "tool" as const, name, disable_parallel_tool_use: true } : { type: "any" as const, ...single };
  return { format: undefined, tools: { tools: [...tools, answer], tool_choice: forced }, answerTool: name };
}
