import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { json, namedFrame, sse } from "./fixtures.ts";

/** Usage as Anthropic tells it. */
export const MESSAGE_USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 4,
};

const HEAD = { id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5-20251001" };

/** A whole answer. */
export function message(
  content: readonly object[] = [{ type: "text", text: "Ahoy." }],
  stopReason: string | null = "end_turn",
  more: object = {},
): Fixture {
  return json({ ...HEAD, content, stop_reason: stopReason, stop_sequence: null, usage: MESSAGE_USAGE, ...more });
}

/** The event that a stream opens with. */
export function messageStart(usage: object = { ...MESSAGE_USAGE, output_tokens: 1 }): string {
  return namedFrame({
    type: "message_start",
    message: { ...HEAD, content: [], stop_reason: null, stop_sequence: null, usage },
  } as never);
}

/** A block from its start to its stop. */
export function block(index: number, start: object, deltas: readonly object[]): string[] {
  return [
    namedFrame({ type: "content_block_start", index, content_block: start } as never),
    ...deltas.map((delta) => namedFrame({ type: "content_block_delta", index, delta } as never)),
    namedFrame({ type: "content_block_stop", index } as never),
  ];
}

/** A block of text. */
export function textBlock(index: number, ...pieces: readonly string[]): string[] {
  return block(
    index,
    { type: "text", text: "" },
    pieces.map((text) => ({ type: "text_delta", text })),
  );
}

/** A call of a tool. */
export function toolBlock(index: number, id: string, name: string, ...fragments: readonly string[]): string[] {
  return block(
    index,
    { type: "tool_use", id, name, input: {} },
    fragments.map((piece) => ({ type: "input_json_delta", partial_json: piece })),
  );
}

/** What tells why the answer ends and what it used so far. */
export function messageDelta(stopReason: string | null, usage: object = { output_tokens: 4 }): string {
  return namedFrame({ type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null }, usage } as never);
}

/** The event that a stream ends with. */
export const MESSAGE_STOP = namedFrame({ type: "message_stop" });

/** A stream of blocks. */
export function messageStream(blocks: readonly string[], stopReason = "end_turn"): Fixture {
  return sse([messageStart(), ...blocks, messageDelta(stopReason), MESSAGE_STOP]);
}
