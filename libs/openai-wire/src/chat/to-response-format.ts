import type { ChatRequest, JsonSchemaFormat } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions/completions";
import { readSchema, schemaName } from "../json-schema.ts";
import type { Writing } from "../writing.ts";

const SCHEMA_PATH = "response_format.json_schema.schema_json";

/** The field that asks for a form of the answer, and the words that do where the server has no such field. */
export interface AnswerForm {
  readonly fields: Pick<ChatCompletionCreateParamsBase, "response_format">;
  /** Undefined: none is needed. */
  readonly instruction: string | undefined;
}

/** Writes what form the answer has. */
export function toAnswerForm(request: ChatRequest, writing: Writing): AnswerForm {
  const { flavor, log } = writing;
  const format = request.responseFormat?.format;
  if (format?.case === "jsonSchema") {
    if (flavor.responseFormat === "json_schema")
      return { fields: { response_format: toSchemaFormat(format.value, writing) }, instruction: undefined };
    log.emulated("response_format.json_schema", `${flavor.name} takes no schema, so it is told to the model in words.`);
    const schema = JSON.stringify(readSchema(format.value.schemaJson, false, SCHEMA_PATH, log));
    return {
      fields: jsonObject(writing),
      instruction: `Answer with one JSON value, without a word around it, that follows this JSON schema: ${schema}`,
    };
  }
  if (format?.case !== "jsonObject") return { fields: {}, instruction: undefined };
  if (flavor.responseFormat !== "none") return { fields: jsonObject(writing), instruction: undefined };
  log.emulated("response_format.json_object", `${flavor.name} has no such form, so it is told to the model in words.`);
  return { fields: {}, instruction: "Answer with one JSON object, without a word around it." };
}

function jsonObject({ flavor }: Writing): AnswerForm["fields"] {
  return flavor.responseFormat === "none" ? {} : { response_format: { type: "json_object" } };
}

function toSchemaFormat(
  format: JsonSchemaFormat,
  { log }: Writing,
): ChatCompletionCreateParamsBase["response_format"] & object {
  const { name, schemaJson, description, strict } = format;
  return {
    type: "json_schema",
    json_schema: {
      name: schemaName(name),
      schema: { ...readSchema(schemaJson, strict === true, SCHEMA_PATH, log) },
      ...(description === "" ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

/** Adds words to the standing instructions, which lead the conversation. */
export function instruct(
  messages: readonly ChatCompletionMessageParam[],
  instruction: string,
): ChatCompletionMessageParam[] {
  const [first, ...others] = messages;
  if (first?.role !== "system" && first?.role !== "developer")
    return [{ role: "system", content: instruction }, ...messages];
  const content =
    typeof first.content === "string"
      ? `${first.content}\n\n${instruction}`
      : [...first.content, { type: "text" as const, text: instruction }];
  return [{ ...first, content }, ...others];
}
