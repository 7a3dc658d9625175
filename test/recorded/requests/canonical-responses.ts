import { argumentsOf } from "../answer.ts";
import { list, type Loose, object, objects, text, without } from "../json.ts";
import { saying } from "./saying.ts";

/**
 * A body of the Responses API in one spelling. Ways to say the same:
 *
 * - `input` as a text and as a list with one user's turn; content as a text and as a list with one text
 * - an item without a type and a message; the roles `developer` and `system`; `instructions` and a leading system turn
 * - `status: completed` of an item handed back, `annotations` and `logprobs` without any, and ids of calls and messages
 * - `user` and `safety_identifier`; `stream: false`, `tool_choice: auto`, a text format, null, empty lists: as if left out
 */
export function canonicalResponses(body: unknown): Loose {
  const {
    input,
    instructions,
    tools,
    tool_choice,
    text: written,
    user,
    safety_identifier,
    stream,
    ...rest
  } = without(object(body), "stream_options");
  const items = typeof input === "string" ? [{ role: "user", content: input }] : objects(input);
  const leading = typeof instructions === "string" && instructions !== "" ? [{ role: "system", content: instructions }] : [];
  const { format, ...words } = object(written);
  return saying({
    ...rest,
    user: safety_identifier ?? user,
    stream: stream === true ? true : undefined,
    input: [...leading, ...items].map(canonicalItem),
    tools: objects(tools).map(canonicalTool),
    tool_choice: tool_choice === "auto" ? undefined : tool_choice,
    text: saying({ ...words, format: object(format)["type"] === "text" ? undefined : canonicalFormat(object(format)) }),
  });
}

function canonicalFormat(format: Loose): Loose {
  return saying({ ...format, strict: format["strict"] === true ? true : undefined });
}

function canonicalItem(item: Loose): Loose {
  const { type = "message", ...rest } = without(item, "status");
  if (type === "message") {
    const { role, content, ...others } = without(rest, "id");
    return saying({ ...others, type, role: role === "developer" ? "system" : role, content: canonicalContent(content) });
  }
  if (type === "function_call") {
    const { arguments: json, ...others } = without(rest, "id");
    return saying({ ...others, type, arguments: stableArguments(json) });
  }
  if (type === "function_call_output") {
    const { output, ...others } = without(rest, "id");
    return saying({ ...others, type, output: canonicalContent(output) });
  }
  return saying({ ...rest, type });
}

function stableArguments(json: unknown): unknown {
  const value = argumentsOf(text(json));
  return typeof value === "object" && value !== null && Object.keys(value).length === 0 ? undefined : value;
}

function canonicalContent(content: unknown): unknown {
  const parts = typeof content === "string" ? [{ text: content }] : list(content).map(object);
  return parts.map(({ type, annotations, logprobs, ...part }) => {
    const words = type === undefined || type === "input_text" || type === "output_text" || type === "text";
    return saying({
      ...part,
      type: words ? "text" : type,
      annotations,
      logprobs,
      detail: part["detail"] === "auto" ? undefined : part["detail"],
    });
  });
}

function canonicalTool(tool: Loose): Loose {
  if (tool["type"] !== "function") return tool;
  const none = Object.keys(object(object(tool["parameters"])["properties"])).length === 0;
  return saying({
    ...tool,
    strict: tool["strict"] === true ? true : undefined,
    parameters: none ? undefined : tool["parameters"],
  });
}
