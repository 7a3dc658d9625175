import { argumentsOf } from "../answer.ts";
import { list, type Loose, object, objects, text, without } from "../json.ts";
import { saying } from "./saying.ts";

/**
 * A body of chat completions in one spelling. Ways to say the same:
 *
 * - `max_tokens` and `max_completion_tokens`; `user` and `safety_identifier`; `seed` and `random_seed`
 * - the roles `developer` and `system`; content as a text and as a list with one text
 * - arguments of calls as texts that are the same JSON
 * - `tool_choice` any and required; `stop` as one text and as a list
 * - `n: 1`, `stream: false`, `tool_choice: auto`, a text format, null, empty lists and texts: as if left out
 * - `stream_options` may be added, because usage is always asked for
 * - `prefix: false`, the name of a tool's result, and thinking handed back as text or as Mistral's part of its own
 */
export function canonicalChat(body: unknown): Loose {
  const {
    max_completion_tokens,
    max_tokens,
    safety_identifier,
    user,
    random_seed,
    seed,
    stream,
    n,
    stop,
    messages,
    tools,
    tool_choice,
    response_format,
    ...rest
  } = without(object(body), "stream_options");
  return saying({
    ...rest,
    max_tokens: max_completion_tokens ?? max_tokens,
    user: safety_identifier ?? user,
    seed: seed ?? random_seed,
    stream: stream === true ? true : undefined,
    n: n === 1 ? undefined : n,
    stop: typeof stop === "string" ? [stop] : stop,
    messages: objects(messages).map(canonicalMessage),
    tools: objects(tools).map(canonicalTool),
    tool_choice: tool_choice === "any" ? "required" : tool_choice === "auto" ? undefined : tool_choice,
    response_format: canonicalFormat(object(response_format)),
  });
}

/** A form as it is asked for; text is what comes anyway. */
export function canonicalFormat(format: Loose): Loose | undefined {
  if (format["type"] === undefined || format["type"] === "text") return undefined;
  const schema = object(format["json_schema"]);
  return "json_schema" in format
    ? { ...format, json_schema: saying({ ...schema, strict: schema["strict"] === true ? true : undefined }) }
    : format;
}

function canonicalMessage(message: Loose): Loose {
  const { role, content, tool_calls, prefix, name, reasoning_content, reasoning, ...rest } = message;
  return saying({
    ...rest,
    role: role === "developer" ? "system" : role,
    name: role === "tool" ? undefined : name,
    prefix: prefix === true ? true : undefined,
    reasoning: text(reasoning_content) || text(reasoning) || thinkingIn(content),
    content: canonicalContent(content),
    tool_calls: objects(tool_calls).map((call) => {
      const { arguments: json, ...named } = object(call["function"]);
      return { ...without(call, "index"), function: { ...named, arguments: argumentsOf(text(json)) } };
    }),
  });
}

function thinkingIn(content: unknown): string {
  const thoughts = objects(content).filter((part) => part["type"] === "thinking");
  return thoughts
    .flatMap((part) => objects(part["thinking"]))
    .map((part) => text(part["text"]))
    .join("");
}

function canonicalContent(content: unknown): unknown {
  if (typeof content === "string") return content === "" ? undefined : [{ type: "text", text: content }];
  return list(content)
    .map(object)
    .filter((part) => part["type"] !== "thinking" && (part["type"] !== "text" || part["text"] !== ""))
    .map(saying)
    .map((part) => (typeof part["image_url"] === "string" ? { ...part, image_url: { url: part["image_url"] } } : part))
    .map((part) =>
      object(part["image_url"])["detail"] === "auto" ? { ...part, image_url: { url: object(part["image_url"])["url"] } } : part,
    );
}

function canonicalTool(tool: Loose): Loose {
  const { strict, parameters, ...named } = object(tool["function"]);
  const none = Object.keys(object(object(parameters)["properties"])).length === 0;
  return {
    ...tool,
    function: saying({ ...named, strict: strict === true ? true : undefined, parameters: none ? undefined : parameters }),
  };
}
