import { createLineDecoder } from "@fairlead/adapter-kit/line-decoder";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import fc from "fast-check";
import { fromOllamaDoneReason } from "./finish-reason.ts";
import { fromOllamaResponse, type ReadingFacts } from "./from-ollama-response.ts";
import { createOllamaStream } from "./from-ollama-stream.ts";

function facts(): ReadingFacts {
  let ids = 0;
  return { now: () => 0, newId: () => `id${ids++}`, promptTokens: () => 7, forcedTool: undefined };
}

/** Decodes bytes that are cut at the given places. */
function run(all: Uint8Array, cuts: readonly number[] = []): ChatDelta[] {
  const stream = createOllamaStream(facts());
  const deltas: ChatDelta[] = [];
  const lines = createLineDecoder((line) => {
    if (!stream.done) stream.push(line, deltas);
  });
  const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length];
  for (let index = 1; index < places.length; index++) lines.feed(all.subarray(places[index - 1], places[index]));
  lines.end();
  if (!stream.done) stream.end(deltas);
  return deltas;
}

const bytes = (lines: readonly object[]) => new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const steps = (...lines: object[]) => run(bytes(lines)).map(({ step }) => [step.case, step.value]);
const head = { model: "llama3.2:latest", created_at: "2026-11-20T10:00:00.123456789Z" };
const piece = (message: object) => ({ ...head, message: { role: "assistant", content: "", ...message }, done: false });
const counts = { prompt_eval_count: 5, eval_count: 9, total_duration: 1_897_385_625 };
const end = (more: object = { done_reason: "stop", ...counts }) => ({ ...head, message: { role: "assistant", content: "" }, done: true, ...more });
const call = (name: string, args: unknown) => ({ function: { name, arguments: args } });
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of Ollama", () => {
  it("tells thinking, text and counts", () => {
    expect(steps(piece({ thinking: "t" }), piece({ content: "a" }), piece({ content: "b" }), end())).toMatchObject([
      ["started", { id: "", model: "llama3.2:latest", createdUnixSeconds: BigInt(Date.parse("2026-11-20T10:00:00Z") / 1000) }],
      ["reasoning", "t"],
      ["text", "a"],
      ["text", "b"],
      ["finished", { reason: FinishReason.STOP, rawReason: "stop" }],
      ["usage", { inputTokens: 5, outputTokens: 9, estimated: false }],
    ]);
  });

  it("gives calls their whole arguments once, with ids of its own where there are none, and tells that they end the answer", () => {
    const told = steps(piece({ content: "a", tool_calls: [call("f", { x: 1 }), { id: "own", ...call("g", {}) }] }), piece({ tool_calls: [call("h", undefined)] }), end());
    expect(told.slice(1, -1)).toMatchObject([
      ["text", "a"],
      ["toolCallStarted", { index: 0, id: "call_id0", name: "f" }],
      ["toolCallArguments", { index: 0, fragment: "{\"x\":1}" }],
      ["toolCallStarted", { index: 1, id: "own", name: "g" }],
      ["toolCallArguments", { index: 1, fragment: "{}" }],
      ["toolCallStarted", { index: 2, id: "call_id1", name: "h" }],
      ["toolCallArguments", { index: 2, fragment: "{}" }],
      ["finished", { reason: FinishReason.TOOL_CALLS, rawReason: "stop" }],
    ]);
  });

  it.each<[string, object, object | undefined]>([
    ["both", { prompt_eval_count: 5, eval_count: 9 }, { inputTokens: 5, outputTokens: 9, estimated: false }],
    ["none of the prompt", { eval_count: 9 }, { inputTokens: 7, outputTokens: 9, estimated: true }],
    ["none of the answer", { prompt_eval_count: 5 }, { inputTokens: 5, outputTokens: 2, estimated: true }],
    ["none", {}, undefined],
  ])("counts where there are %s", (_what, told, expected) => {
    const last = steps(piece({ content: "12345678" }), end({ done_reason: "stop", ...told })).at(-1);
    if (expected === undefined) expect(last?.[0]).toBe("finished");
    else expect(last).toMatchObject(["usage", expected]);
  });

  it("hands on fields that it does not know, and none of those that it does", () => {
    const told = steps({ ...piece({ content: "a", mood: "good" }), logprobs: [{ token: "a" }] }, end());
    expect(told.filter(([step]) => step === "extraField")).toMatchObject([
      ["extraField", { dialect: "ollama.chat", name: "message.mood" }],
      ["extraField", { dialect: "ollama.chat", name: "logprobs" }],
    ]);
  });

  it.each<[string, object, ErrorCode]>([
    ["an error", { error: "an error was encountered while running the model: unexpected EOF" }, ErrorCode.PROVIDER_ERROR],
    ["an overflow", { error: "the input length exceeds the context length" }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["an error of the runner", { error: { code: 503, message: "busy", type: "unavailable_error" } }, ErrorCode.OVERLOADED],
  ])("fails with %s in a line", (_what, line, code) => {
    expect(() => steps(piece({ content: "a" }), line)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ["an end without the last line", [piece({ content: "a" })]],
    ["nothing", []],
    ["a line that is no object", [piece({ content: "a" }), []]],
    ["a call without a name", [piece({ tool_calls: [{ function: {} }] }), end()]],
    ["calls without end", [piece({ tool_calls: Array.from({ length: 1_025 }, () => call("f", {})) }), end()]],
  ])("never takes %s for success", (_what, lines) => {
    expect(() => run(bytes(lines))).toThrow(malformed);
  });

  it("says the same whatever the slicing of its bytes, ends once, and fails wherever it is cut off", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 6 });
    const line = fc.oneof(
      words.map((content) => piece({ content })),
      words.map((thinking) => piece({ thinking })),
      fc.tuple(words, fc.jsonValue()).map(([key, value]) => piece({ tool_calls: [call("f", { [`k${key}`]: value })] })),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), fc.nat(), (lines, cuts, cutOff) => {
        const all = bytes([...lines, end()]);
        const whole = run(all);
        expect(whole.filter(({ step }) => step.case === "finished" || step.case === "usage")).toHaveLength(2);
        expect(run(bytes([...lines, end(), end()]), cuts)).toEqual(whole);
        expect(run(all.subarray(0, -1), cuts)).toEqual(whole);
        // The closing brace of the last line is what makes it whole.
        expect(() => run(all.subarray(0, cutOff % (all.length - 1)), cuts)).toThrow(malformed);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an answer of Ollama", () => {
  const read = (body: unknown) => fromOllamaResponse(body, [], facts());

  it("is read in its order: thinking, text, calls", () => {
    const { choices, model, usage } = read(end({ done_reason: "stop", ...counts, message: { content: "a", thinking: "t", tool_calls: [call("f", { x: 1 })] } }));
    expect(choices[0]?.parts.map(({ content }) => [content.case, content.value])).toMatchObject([
      ["reasoning", { text: "t", provider: "ollama" }],
      ["text", { text: "a" }],
      ["toolCall", { id: "call_id0", name: "f", argumentsJson: "{\"x\":1}" }],
    ]);
    expect([model, choices[0]?.finishReason, usage?.inputTokens]).toEqual(["llama3.2:latest", FinishReason.TOOL_CALLS, 5]);
  });

  it.each<[string, boolean, FinishReason]>([
    ["stop", false, FinishReason.STOP],
    ["stop", true, FinishReason.TOOL_CALLS],
    ["length", true, FinishReason.LENGTH],
    ["load", false, FinishReason.OTHER],
    ["unload", false, FinishReason.OTHER],
    ["", false, FinishReason.STOP],
    ["", true, FinishReason.TOOL_CALLS],
  ])("ends with %s, calls: %s", (raw, hasCalls, reason) => {
    expect(fromOllamaDoneReason(raw, hasCalls)).toBe(reason);
  });

  it.each([[{}], [null], [{ message: {} }], [{ message: {}, done: false }], [{ done: true }]])("is refused where it is not complete: %j", (body) => {
    expect(() => read(body)).toThrow(malformed);
  });

  it("is what the error says where it holds one", () => {
    expect(() => read({ error: "model runner has unexpectedly stopped" })).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
  });
});
