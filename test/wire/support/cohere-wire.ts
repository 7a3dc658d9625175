import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { json, namedFrame, sse } from "./fixtures.ts";

/** Usage as Cohere tells it. */
export const COHERE_USAGE = {
  billed_units: { input_tokens: 8, output_tokens: 4 },
  tokens: { input_tokens: 10, output_tokens: 4 },
};

/** A whole answer. */
export function cohereAnswer(
  message: object = { content: [{ type: "text", text: "Ahoy." }] },
  finish = "COMPLETE",
): Fixture {
  return json({ id: "c-1", message: { role: "assistant", ...message }, finish_reason: finish, usage: COHERE_USAGE });
}

/** An event that holds a piece of the message. */
export function cohereEvent(type: string, index?: number, part: object = {}): string {
  return namedFrame({ type, ...(index === undefined ? {} : { index }), delta: { message: part } } as never);
}

/** The event that a stream opens with. */
export const COHERE_START = namedFrame({
  type: "message-start",
  id: "c-1",
  delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
} as never);

/** The event that a stream ends with. */
export function cohereEnd(finish = "COMPLETE"): string {
  return namedFrame({ type: "message-end", delta: { finish_reason: finish, usage: COHERE_USAGE } } as never);
}

/** A text in pieces. */
export function cohereText(index: number, ...pieces: readonly string[]): string[] {
  return [
    cohereEvent("content-start", index, { content: { type: "text", text: "" } }),
    ...pieces.map((text) => cohereEvent("content-delta", index, { content: { text } })),
    namedFrame({ type: "content-end", index } as never),
  ];
}

/** A call of a tool in pieces. */
export function cohereCall(index: number, id: string, name: string, ...fragments: readonly string[]): string[] {
  return [
    cohereEvent("tool-call-start", index, { tool_calls: { id, type: "function", function: { name, arguments: "" } } }),
    ...fragments.map((piece) =>
      cohereEvent("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } }),
    ),
    namedFrame({ type: "tool-call-end", index } as never),
  ];
}

/** A stream. */
export function cohereStream(frames: readonly string[], finish?: string): Fixture {
  return sse([COHERE_START, ...frames, cohereEnd(finish)]);
}
