import type { ResponseFormat } from "@fairlead/contracts/chat/v1/chat_request";
import type { ResponseFormatBody } from "./chat-body.ts";

/** The form of the answer. */
export function toResponseFormat(body: ResponseFormatBody): ResponseFormat {
  return { $typeName: "fairlead.chat.v1.ResponseFormat", format: toFormat(body) };
}

function toFormat(body: ResponseFormatBody): ResponseFormat["format"] {
  switch (body.type) {
    case "text":
      return { case: "text", value: { $typeName: "fairlead.chat.v1.TextFormat" } };
    case "json_object":
      return { case: "jsonObject", value: { $typeName: "fairlead.chat.v1.JsonObjectFormat" } };
    case "json_schema": {
      const { name, schema, description, strict } = body.json_schema;
      const value = {
        $typeName: "fairlead.chat.v1.JsonSchemaFormat" as const,
        name,
        schemaJson: JSON.stringify(schema ?? {}),
        description: description ?? "",
        ...(strict === null || strict === undefined ? {} : { strict }),
      };
      return { case: "jsonSchema", value };
    }
  }
}
