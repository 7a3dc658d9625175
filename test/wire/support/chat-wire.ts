import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { dataFrame, json, sse } from "./fixtures.ts";

const HEAD = { id: "chatcmpl-1", created: 1_700_000_000, model: "gpt-4o-mini-2024-07-18" };

/** Usage as OpenAI tells it. */
export const CHAT_USAGE = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };

/** A chunk with one choice. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return dataFrame({
    ...HEAD,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
}

/** The last chunk: usage, and no choice. */
export function usageChunk(usage: object | null = CHAT_USAGE, choices: [] | null = []): string {
  return dataFrame({ ...HEAD, object: "chat.completion.chunk", choices, usage });
}

/** The marker after the last chunk. */
export const DONE = dataFrame("[DONE]");

/** A stream that ends as OpenAI ends it. */
export function chatStream(deltas: readonly object[], finish = "stop", usage: object | null = CHAT_USAGE): Fixture {
  const chunks = deltas.map((delta) => chunk(delta));
  return sse([...chunks, chunk({}, finish), ...(usage === null ? [] : [usageChunk(usage)]), DONE]);
}

/** A whole answer. */
export function completion(message: object = { content: "Ahoy." }, finish = "stop", more: object = {}): Fixture {
  const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }];
  return json({ ...HEAD, object: "chat.completion", choices, usage: CHAT_USAGE, ...more });
}

/** A call of a tool as it stands in a message or, with its index, in a delta. */
export function chatCall(id: string, name: string, args: string, index?: number): object {
  return { ...(index === undefined ? {} : { index }), id, type: "function", function: { name, arguments: args } };
}
