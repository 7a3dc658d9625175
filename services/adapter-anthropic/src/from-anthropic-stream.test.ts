import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromAnthropicStopReason } from "./finish-reason.ts";
import { PLAIN_READING } from "./from-anthropic-block.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { BLOCK_PREFIX } from "./open-block.ts";

const asEvent = (event: object) => ({ data: JSON.stringify(event), id: undefined, event: undefined });

function read(events: readonly object[]): ChatDelta[] {
  const stream = createAnthropicStream(PLAIN_READING, () => 0);
  const deltas: ChatDelta[] = [];
  for (const event of events) stream.push(asEvent(event), deltas);
  if (!stream.done) stream.end(deltas);
  return deltas;
}

const decode = (...events: object[]): unknown[] => read(events).map(({ step }) => [step.case, step.value]);
const gather = (...events: object[]) => gatherAnswer(read(events), BLOCK_PREFIX);
const foreign = (value: object) => ({ kind: "foreign", dialect: "anthropic.messages", value, extras: {} });

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
      ["part", { content: { case: "foreign" } }],
      ["toolCallStarted", { index: 0, id: "a" }],
      ["toolCallArguments", { index: 0, fragment: "{}" }],
      ["toolCallStarted", { index: 1, id: "b" }],
      ["toolCallArguments", { index: 1, fragment: "{\"x\":1}" }],
      ["finished", { reason: FinishReason.TOOL_CALLS }],
    ]);
  });

  it("gathers a block of an unknown type and hands it on whole where it stood", () => {
    const search = { type: "server_tool_use", id: "s", name: "web_search", input: {}, caller: { type: "direct" } };
    const pieces = ["{\"que", "ry\":\"x\"}"].map((partial_json) => more({ type: "input_json_delta", partial_json }));
    const compaction = [open({ type: "compaction", content: null }), more({ type: "compaction_delta", content: "so" }), more({ type: "compaction_delta", content: " far" }), close];
    const result = { type: "web_search_tool_result", tool_use_id: "s", content: [{ type: "web_search_result", url: "u" }] };
    const said = gather(start, open(search), ...pieces, close, open(result), close, ...compaction, open({ type: "text", text: "a" }), close, ...end("end_turn"));
    expect(said.choices[0]?.parts).toEqual([
      foreign({ ...search, input: { query: "x" } }),
      foreign(result),
      foreign({ type: "compaction", content: "so far" }),
      { kind: "text", text: "a", extras: {} },
    ]);
  });

  it("keeps citations with their text, and texts with citations apart from others", () => {
    const cite = (n: number) => ({ type: "page_location", cited_text: `c${n}` });
    const cited = (text: string, n: number) => [open({ type: "text", text: "", citations: [] }), more({ type: "citations_delta", citation: cite(n) }), more({ type: "text_delta", text }), more({ type: "citations_delta", citation: cite(n + 1) }), close];
    const plain = (text: string) => [open({ type: "text", text: "" }), more({ type: "text_delta", text }), close];
    const { choices } = gather(start, ...plain("a"), ...plain("b"), ...cited("c", 1), ...cited("d", 3), ...plain("e"), ...end("end_turn"));
    expect(choices[0]?.parts).toEqual([
      { kind: "text", text: "ab", extras: {} },
      { kind: "text", text: "c", extras: { citations: [cite(1), cite(2)] } },
      { kind: "text", text: "d", extras: { citations: [cite(3), cite(4)] } },
      { kind: "text", text: "e", extras: {} },
    ]);
    const content = [{ type: "text", text: "a" }, { type: "text", text: "b" }, { type: "text", text: "c", citations: [cite(1), cite(2)] }, { type: "text", text: "d", citations: [cite(3), cite(4)] }, { type: "text", text: "e" }];
    const whole = fromAnthropicResponse({ content, stop_reason: "end_turn" }, [], PLAIN_READING, 0);
    expect(plainAnswer(whole).choices[0]?.parts).toEqual(choices[0]?.parts);
  });

  it("hands on what it does not know of calls, usage and the message", () => {
    const caller = { type: "code_execution_20250825", tool_id: "s" };
    const delta = { stop_reason: "tool_use", stop_sequence: null, container: { id: "c" } };
    const last = { type: "message_delta", delta, context_management: { applied_edits: [1] }, usage: { output_tokens: 4, server_tool_use: { web_search_requests: 2 } } };
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: "standard", cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 4 } };
    const said = gather({ type: "message_start", message: { id: "m", usage } }, open({ type: "tool_use", id: "t", name: "f", input: {}, caller }), close, last, { type: "message_stop" });
    expect(said.choices[0]).toMatchObject({
      parts: [{ kind: "toolCall", id: "t", arguments: {}, extras: { caller } }],
      extras: { container: { id: "c" }, context_management: { applied_edits: [1] }, "usage.server_tool_use": { web_search_requests: 2 }, "usage.service_tier": "standard", "usage.cache_creation": usage.cache_creation },
    });
    expect(said.usage).toMatchObject({ inputTokens: 1, cacheWriteTokens: 7, outputTokens: 4 });
  });

  it("takes a turn that comes whole with its first event", () => {
    const message = { id: "m", model: "c", content: [{ type: "tool_use", id: "t", name: "f", input: { a: 1 } }], stop_reason: "tool_use", usage: { input_tokens: 0, output_tokens: 0 } };
    const said = gather({ type: "message_start", message }, { type: "message_stop" });
    expect(said.choices[0]).toMatchObject({ finish: "TOOL_CALLS", parts: [{ kind: "toolCall", arguments: { a: 1 } }] });
  });

  it("closes a block that the provider left open before the next one opens", () => {
    const deltas = decode(start, open({ type: "tool_use", id: "t", name: "f", input: {} }), open({ type: "text", text: "a" }), ...end("end_turn"));
    expect(deltas.slice(1, 4)).toMatchObject([["toolCallStarted", {}], ["toolCallArguments", { fragment: "{}" }], ["text", "a"]]);
  });

  it("takes the arguments of the tool that stands for a schema as text", () => {
    const reading = { toolName: (name: string) => name.toUpperCase(), answerTool: "answer" };
    const piece = more({ type: "input_json_delta", partial_json: "{\"a\":1}" });
    const events = [start, open({ type: "tool_use", id: "t", name: "answer", input: {} }), piece, close, ...end("tool_use")];
    const deltas: ChatDelta[] = [];
    const stream = createAnthropicStream(reading, () => 0);
    for (const event of events) stream.push(asEvent(event), deltas);
    const whole = fromAnthropicResponse({ content: [{ type: "tool_use", id: "t", name: "answer", input: { a: 1 } }], stop_reason: "tool_use" }, [], reading, 0);
    const expected = { parts: [{ kind: "text", text: "{\"a\":1}", extras: {} }], finish: "STOP", raw: "tool_use" };
    expect(gatherAnswer(deltas, BLOCK_PREFIX).choices[0]).toMatchObject(expected);
    expect(plainAnswer(whole).choices[0]).toMatchObject(expected);
    const other = fromAnthropicResponse({ content: [{ type: "tool_use", id: "t", name: "f", input: {} }], stop_reason: "tool_use" }, [], reading, 0);
    expect(plainAnswer(other).choices[0]).toMatchObject({ finish: "TOOL_CALLS", parts: [{ name: "F" }] });
  });

  it("bounds what it holds and what it counts", () => {
    const large = more({ type: "input_json_delta", partial_json: "x".repeat(1_000_000) });
    expect(() => decode(start, open({ type: "server_tool_use" }), ...Array.from({ length: 5 }, () => large))).toThrow(malformed);
    const tools = Array.from({ length: 4_097 }, (_, n) => open({ type: "tool_use", id: `t${n}`, name: "f", input: {} }));
    expect(() => decode(start, ...tools)).toThrow(malformed);
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
    ["compaction", FinishReason.PAUSE],
    ["something_new", FinishReason.OTHER],
  ])("ends with %s", (raw, reason) => {
    expect(fromAnthropicStopReason(raw)).toBe(reason);
  });

  it("is refused where it holds no content, and is what the error says where it holds one", () => {
    expect(() => fromAnthropicResponse({}, [], PLAIN_READING, 0)).toThrow(malformed);
    expect(() => fromAnthropicResponse({ type: "error", error: { type: "api_error" } }, [], PLAIN_READING, 0)).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
  });
});
