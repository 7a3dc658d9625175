import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { json, namedFrame, sse } from "./fixtures.ts";

/** Usage as the Responses API tells it. */
export const RESPONSES_USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 14,
};

const HEAD = { id: "resp_1", object: "response", created_at: 1_700_000_000, model: "plain-model" };

/** A message with a text. */
export const messageItem = (text: string, id = "msg_1") => {
  return {
    type: "message",
    id,
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
  };
};

/** A call of a function. */
export const callItem = (callId: string, name: string, args: string) => {
  return { type: "function_call", id: `fc_${callId}`, call_id: callId, name, arguments: args, status: "completed" };
};

/** A whole response. */
export function responseObject(output: readonly object[] = [messageItem("Ahoy.")], more: object = {}): object {
  return { ...HEAD, status: "completed", output, usage: RESPONSES_USAGE, ...more };
}

/** A whole answer. */
export function response(output?: readonly object[], more?: object): Fixture {
  return json(responseObject(output, more));
}

/** The event that a stream opens with. */
export const CREATED = namedFrame({
  type: "response.created",
  response: { ...HEAD, status: "in_progress", output: [] },
} as never);

/** The event that a stream ends with. */
export function completed(output: readonly object[], more: object = {}): string {
  const { status } = { status: "completed", ...more };
  return namedFrame({ type: `response.${status}`, response: responseObject(output, more) } as never);
}

/** A message that comes in pieces. */
export function messageFrames(pieces: readonly string[], index = 0): string[] {
  const at = { item_id: "msg_1", output_index: index, content_index: 0 };
  const text = pieces.join("");
  const part = { type: "output_text", text: "", annotations: [] };
  const events = [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { ...messageItem(""), status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...at, part },
    ...pieces.map((delta) => ({ type: "response.output_text.delta", ...at, delta })),
    { type: "response.output_text.done", ...at, text },
    { type: "response.content_part.done", ...at, part: { ...part, text } },
    { type: "response.output_item.done", output_index: index, item: messageItem(text) },
  ];
  return events.map(namedFrame);
}

/** A stream of items. */
export function responsesStream(frames: readonly string[], output: readonly object[], more?: object): Fixture {
  return sse([CREATED, ...frames, completed(output, more)]);
}
