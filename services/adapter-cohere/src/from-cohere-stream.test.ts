import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { createEventDecoder } from "@fairlead/adapter-kit/event-decoder";
import fc from "fast-check";
import { fromCohereFinishReason } from "./finish-reason.ts";
import { createCohereStream } from "./from-cohere-stream.ts";

type Step = readonly [ChatDelta["step"]["case"], unknown];

function decode(...events: object[]): Step[] {
  const stream = createCohereStream("command-a", () => 0);
  const deltas: ChatDelta[] = [];
  for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
  if (!stream.done) stream.end(deltas);
  return deltas.map(({ step }) => [step.case, step.value]);
}

const message = (type: string, fields: object, index = 0) => ({ type, index, delta: { message: fields } });
const start = { type: "message-start", id: "m", delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } } };
const content = (fields: object, index = 0) => message("content-delta", { content: fields }, index);
const call = (name: string, index: number, json = "") => message("tool-call-start", { tool_calls: { id: `${name}-id`, type: "function", function: { name, arguments: json } } }, index);
const more = (json: string, index: number) => message("tool-call-delta", { tool_calls: { function: { arguments: json } } }, index);
const close = (index: number) => ({ type: "tool-call-end", index });
const usage = { billed_units: { input_tokens: 5, output_tokens: 9 }, tokens: { input_tokens: 500, output_tokens: 12, reasoning_tokens: 4 }, cached_tokens: 448 };
const end = (finish_reason: string | null, more: object = { usage }) => ({ type: "message-end", delta: { finish_reason, ...more } });
const bytes = (text: string) => new TextEncoder().encode(text);
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of Cohere", () => {
  it("tells text, and what is billed as usage", () => {
    const deltas = decode(start, message("content-start", { content: { type: "text", text: "" } }), content({ text: "a" }), content({ text: "b" }), { type: "content-end", index: 0 }, end("COMPLETE"));
    expect(deltas).toMatchObject([
      ["started", { id: "m", model: "command-a" }],
      ["text", "a"],
      ["text", "b"],
      ["finished", { reason: FinishReason.STOP, rawReason: "COMPLETE" }],
      ["usage", { inputTokens: 5, cacheReadTokens: 0, outputTokens: 5, reasoningTokens: 4, estimated: false }],
    ]);
  });

  it("seals a plan so that it can go back as one, and thinking without a mark", () => {
    const deltas = decode(start, message("content-start", { content: { type: "thinking", thinking: "" } }), content({ thinking: "t" }), { type: "content-end", index: 0 }, message("tool-plan-delta", { tool_plan: "I will" }), message("tool-plan-delta", { tool_plan: " look." }), call("f", 0), close(0), end("TOOL_CALL"));
    expect(deltas.slice(1, 6)).toMatchObject([
      ["reasoning", "t"],
      ["reasoningSealed", { signature: bytes("") }],
      ["reasoning", "I will"],
      ["reasoning", " look."],
      ["reasoningSealed", { signature: bytes("tool_plan") }],
    ]);
  });

  it("counts calls by itself, whatever the numbers of the events, and keeps interleaved ones apart", () => {
    const deltas = decode(start, call("f", 3), call("g", 7, "{\"y\""), more("{\"x\"", 3), more(":2}", 7), more(":1}", 3), close(7), close(3), call("h", 3), close(3), end("TOOL_CALL"));
    expect(deltas.slice(1, -2)).toMatchObject([
      ["toolCallStarted", { index: 0, id: "f-id", name: "f" }],
      ["toolCallStarted", { index: 1, id: "g-id", name: "g" }],
      ["toolCallArguments", { index: 1, fragment: "{\"y\"" }],
      ["toolCallArguments", { index: 0, fragment: "{\"x\"" }],
      ["toolCallArguments", { index: 1, fragment: ":2}" }],
      ["toolCallArguments", { index: 0, fragment: ":1}" }],
      ["toolCallStarted", { index: 2, name: "h" }],
      ["toolCallArguments", { index: 2, fragment: "{}" }],
    ]);
  });

  it.each([
    ["nothing", []],
    ["null", ["nu", "ll"]],
  ])("takes %s for no arguments", (_what, fragments) => {
    const deltas = decode(start, call("f", 0), ...fragments.map((fragment) => more(fragment, 0)), end("TOOL_CALL"));
    expect(deltas.filter(([step]) => step === "toolCallArguments")).toMatchObject([["toolCallArguments", { index: 0, fragment: "{}" }]]);
  });

  it("hands on citations and log probabilities as fields of its dialect", () => {
    const citations = { start: 0, end: 1, text: "a", sources: [] };
    const deltas = decode(start, { ...content({ text: "a" }), logprobs: { text: "a", token_ids: [1] } }, message("citation-start", { citations }), { type: "citation-end", index: 0 }, end("COMPLETE"));
    expect(deltas.filter(([step]) => step === "extraField")).toMatchObject([
      ["extraField", { dialect: "cohere.chat", name: "logprobs" }],
      ["extraField", { dialect: "cohere.chat", name: "delta.citations" }],
    ]);
  });

  it.each<[string, object, ErrorCode]>([
    ["an error as its reason", end("ERROR", { error: "internal" }), ErrorCode.PROVIDER_ERROR],
    ["an overflow as its error", end("ERROR", { error: "too many tokens: limit is 4096" }), ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["a time limit as its reason", end("TIMEOUT"), ErrorCode.TIMEOUT],
    ["words in place of an event", { id: "x", message: "internal server error" }, ErrorCode.PROVIDER_ERROR],
    ["an error in place of an event", { error: { message: "rate limit", type: "rate_limit" } }, ErrorCode.RATE_LIMITED],
  ])("fails with %s", (_what, event, code) => {
    expect(() => decode(start, content({ text: "a" }), event)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ["an end without message-end", [start, content({ text: "a" })]],
    ["message-end without a reason", [start, end(null)]],
    ["message-end alone", [end("COMPLETE")]],
    ["arguments of a call that is not open", [start, more("{}", 0), end("COMPLETE")]],
    ["a call without a name", [start, call("", 0), end("COMPLETE")]],
    ["calls without end", [start, ...Array.from({ length: 1_025 }, (_, index) => call("f", index)), end("COMPLETE")]],
  ])("never takes %s for success", (_what, events) => {
    expect(() => decode(...events)).toThrow(malformed);
  });

  it("survives events that it does not know", () => {
    expect(() => decode(start, { type: "debug", prompt: "p" }, { type: "new", delta: 5 }, { type: "content-start" }, content({}), end("COMPLETE"))).not.toThrow();
  });

  it("says the same whatever the slicing of its bytes, once, and fails wherever it is cut off", () => {
    const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
    const block = fc.oneof(
      words.map((text) => [message("content-start", { content: { type: "text", text: "" } }), content({ text }), { type: "content-end", index: 0 }]),
      words.map((thinking) => [content({ thinking }), { type: "content-end", index: 0 }]),
      fc.tuple(words, fc.nat(3)).map(([plan, number]) => [message("tool-plan-delta", { tool_plan: plan }), call("f", number), more(JSON.stringify({ plan }), number), close(number)]),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 30 }), fc.nat(), (blocks, cuts, cutOff) => {
        const events = [start, ...blocks.flat(), end("COMPLETE")];
        const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
        const whole = run(bytes(text), []);
        expect(whole.deltas.filter(({ step }) => step.case === "finished" || step.case === "usage")).toHaveLength(2);
        expect(run(bytes(`${text}data: [DONE]\n\n`), cuts)).toEqual(whole);
        // All but the last two bytes, the blank line, can be missing.
        expect(() => run(bytes(text).subarray(0, cutOff % (bytes(text).length - 2)), cuts)).toThrow(malformed);
      }),
      { numRuns: 60 },
    );
  });
});

/** Decodes bytes that are cut at the given places. */
function run(all: Uint8Array, cuts: readonly number[]): { deltas: ChatDelta[] } {
  const stream = createCohereStream("command-a", () => 0);
  const deltas: ChatDelta[] = [];
  const events = createEventDecoder((event) => {
    if (!stream.done) stream.push(event, deltas);
  });
  const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length];
  for (let index = 1; index < places.length; index++) events.feed(all.subarray(places[index - 1], places[index]));
  events.end();
  if (!stream.done) stream.end(deltas);
  return { deltas };
}

describe("an answer of Cohere", () => {
  it.each([
    ["COMPLETE", FinishReason.STOP],
    ["STOP_SEQUENCE", FinishReason.STOP_SEQUENCE],
    ["MAX_TOKENS", FinishReason.LENGTH],
    ["TOOL_CALL", FinishReason.TOOL_CALLS],
    ["SOMETHING_NEW", FinishReason.OTHER],
    ["", FinishReason.UNSPECIFIED],
  ])("ends with %s", (raw, reason) => {
    expect(fromCohereFinishReason(raw)).toBe(reason);
  });
});
