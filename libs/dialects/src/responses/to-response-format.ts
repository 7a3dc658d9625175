import type { ResponseFormat } from "@fairlead/contracts/chat/v1/chat_request";
import type { Findings } from "../findings.ts";
import { keepIfUnknownKeys } from "../leftovers.ts";
import type { ResponsesBody, TextFormatBody } from "./responses-body.ts";

const KNOWN_TEXT: ReadonlySet<string> = new Set(["format"]);

/** The form of the answer; the whole of `text` is kept among the unknown fields when it says more, such as verbosity. */
export function toResponseFormat({ text }: ResponsesBody, { leftovers }: Findings): ResponseFormat | undefined {
  if (text === null || text === undefined) return undefined;
  keepIfUnknownKeys(leftovers, "text", text, text, KNOWN_TEXT);
  if (text.format === null || text.format === undefined) return undefined;
  return { $typeName: "fairlead.chat.v1.ResponseFormat", format: toFormat(text.format) };
}

function toFormat(body: TextFormatBody): ResponseFormat["format"] {
  switch (body.type) {
    case "text":
      return { case: "text", value: { $typeName: "fairlead.chat.v1.TextFormat" } };
    case "json_object":
      return { case: "jsonObject", value: { $typeName: "fairlead.chat.v1.JsonObjectFormat" } };
    case "json_schema": {
      const { name, schema, description, strict } = body;
      const value = {
        $typeName: "fairlead.chat.v1.JsonSchemaFormat" as const,
        name,
        schemaJson: JSON.stringify(schema),
        description: description ?? "",
        ...(strict === null || strict === undefined ? {} : { strict }),
      };
      return { case: "jsonSchema", value };
    }
  }
}
