import { argumentsOf } from "../answer.ts";
import { list, type Loose, object, objects, text } from "../json.ts";
import { saying } from "./saying.ts";

/** A body of Cohere's v2 chat in one spelling: content as a text and as a list with one text, arguments as the same JSON. */
export function canonicalCohere(body: unknown): Loose {
  const { messages, stream, response_format, ...rest } = object(body);
  const { json_schema, schema, ...format } = object(response_format);
  return saying({
    ...rest,
    stream: stream === true ? true : undefined,
    messages: objects(messages).map(canonicalMessage),
    response_format: saying({ ...format, json_schema: json_schema ?? schema }),
  });
}

function canonicalMessage({ content, tool_calls, ...rest }: Loose): Loose {
  return saying({
    ...rest,
    content: canonicalContent(content),
    tool_calls: objects(tool_calls).map((call) => {
      const { name, arguments: json } = object(call["function"]);
      return { id: call["id"], name, arguments: argumentsOf(text(json)) };
    }),
  });
}

/** A result of a tool may stand in a document. */
function canonicalContent(content: unknown): Loose[] {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : list(content).map(object);
  return parts.flatMap((part) => {
    if (part["type"] === "document")
      return [{ type: "text", text: object(object(part["document"])["data"])["text"] ?? object(part["document"])["data"] }];
    return part["type"] === "text" && part["text"] === "" ? [] : [part];
  });
}
