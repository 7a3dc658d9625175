import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromAnthropicStopReason } from "./finish-reason.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";

function decode(...events: object[]): unknown[] {
  const stream = createAnthropicStream(() => 0);
  const deltas: ChatDelta[] = [];
  for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
  if (!stream.done) stream.end(deltas);
  return deltas.map(({ step }) => [step.case, step.value]);
}

const start = { type: "message_start", message: { id: "m", model: "c", usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 } } };
const open = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
const more = (delta: object) => ({ type: "content_block_delta", index: 0, delta });
const close = { type: "content_block_stop", index: 0 };
const end = (stop_reason: string | null, usage: object = { output_tokens: 9 }) => [{ type: "message_delta", delta: { stop_reason }, usage }, { type: "message_stop" }];
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of Anthropic", () => {
  it("sets cumulative usage instead of adding it, and keeps what is missing", () => {
    expect(decode(start, ...end("end_turn")).at(-1)).toMatchObject(["usage", { inputTokens: 5, cacheReadTokens: 7, outputTokens: 9 }]);
    expect(decode(start, ...end("end_turn", { input_tokens: null, output_tokens: 2 })).at(-1)).toMatchObject(["usage", { inputTokens: 5, outputTokens: 2 }]);
  });

  it("counts tool calls apart from other blocks, and gives one without arguments empty ones", () => {
    const tool = (id: string) => open({ type: "tool_use", id, name: "f", input: {} });
    const deltas = decode(start, open({ type: "text", text: "" }), more({ type: "text_delta", text: "a" }), close, open({ type: "server_tool_use", id: "s" }), more({ type: "input_json_delta", partial_json: "{}" }), close, tool("a"), more({ type: "input_json_delta", partial_json: "" }), close, tool("b"), more({ type: "input_json_delta", partial_json: "{\"x\":1}" }), close, ...end("tool_use"));
    expect(deltas.slice(1, -1)).toMatchObject([
      ["text", "a"],
      ["toolCallStarted", { index: 0, id: "a" }],
      ["toolCallArguments", { index: 0, fragment: "{}" }],
      ["toolCallStarted", { index: 1, id: "b" }],
      ["toolCallArguments", { index: 1, fragment: "{\"x\":1}" }],
      ["finished", { reason: FinishReason.TOOL_CALLS }],
    ]);
  });

  it("seals thinking with its signature, also where the text is withheld", () => {
    const deltas = decode(start, open({ type: "thinking", thinking: "", signature: "" }), more({ type: "thinking_delta", thinking: "t" }), more({ type: "signature_delta", signature: "s1" }), close, open({ type: "redacted_thinking", data: "d" }), close, ...end("end_turn"));
    expect(deltas.slice(1, 4)).toMatchObject([
      ["reasoning", "t"],
      ["reasoningSealed", { signature: new TextEncoder().encode("s1"), redacted: false }],
      ["reasoningSealed", { signature: new TextEncoder().encode("d"), redacted: true }],
    ]);
  });

  it("begins once, even when it is told twice", () => {
    expect(decode(start, start, ...end("end_turn")).filter((delta) => (delta as unknown[])[0] === "started")).toHaveLength(1);
  });

  it("gives an error within the stream its code", () => {
    expect(() => decode(start, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } })).toThrow(expect.objectContaining({ code: ErrorCode.OVERLOADED }));
  });

  it.each([
    ["an end without message_stop", [start, end("end_turn")[0] ?? {}]],
    ["message_stop without a reason", [start, ...end(null)]],
    ["message_stop alone", [{ type: "message_stop" }]],
  ])("never takes %s for success", (_name, events) => {
    expect(() => decode(...events)).toThrow(malformed);
  });

  it("survives events it does not know", () => {
    expect(() => decode(start, { type: "ping" }, { type: "new_event", delta: 5 }, more({ type: "citations_delta" }), { type: "content_block_start" }, ...end("end_turn"))).not.toThrow();
  });
});

describe("an answer of Anthropic", () => {
  it.each([
    ["end_turn", FinishReason.STOP],
    ["max_tokens", FinishReason.LENGTH],
    ["model_context_window_exceeded", FinishReason.LENGTH],
    ["stop_sequence", FinishReason.STOP_SEQUENCE],
    ["tool_use", FinishReason.TOOL_CALLS],
    ["pause_turn", FinishReason.PAUSE],
    ["refusal", FinishReason.CONTENT_FILTER],
    ["something_new", FinishReason.OTHER],
  ])("ends with %s", (raw, reason) => {
    expect(fromAnthropicStopReason(raw)).toBe(reason);
  });

  it("is refused where it holds no content, and is what the error says where it holds one", () => {
    expect(() => fromAnthropicResponse({}, [], 0)).toThrow(malformed);
    expect(() => fromAnthropicResponse({ type: "error", error: { type: "api_error" } }, [], 0)).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
  });
});
