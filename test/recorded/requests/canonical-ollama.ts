import { type Loose, object, objects, without } from "../json.ts";
import { saying } from "./saying.ts";

/** A body of Ollama's chat in one spelling: it streams unless told not to, and an empty text is none. */
export function canonicalOllama(body: unknown): Loose {
  const { messages, stream, tools, ...rest } = object(body);
  return saying({
    ...rest,
    stream: stream === false ? undefined : true,
    messages: objects(messages).map(({ tool_calls, ...message }) =>
      saying({
        ...without(message, "tool_name"),
        tool_calls: objects(tool_calls).map((call) =>
          saying({ name: object(call["function"])["name"], arguments: object(call["function"])["arguments"] }),
        ),
      }),
    ),
    tools: objects(tools),
  });
}
