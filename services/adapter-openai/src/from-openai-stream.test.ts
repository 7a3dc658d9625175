import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromOpenaiResponse } from "./from-openai-response.ts";
import { createOpenaiStream } from "./from-openai-stream.ts";
import { fromOpenaiUsage } from "./usage.ts";

function decode(...chunks: unknown[]): unknown[] {
  const stream = createOpenaiStream(() => 0);
  const deltas: ChatDelta[] = [];
  for (const chunk of chunks) {
    stream.push({ data: typeof chunk === "string" ? chunk : JSON.stringify(chunk), id: undefined, event: undefined }, deltas);
  }
  if (!stream.done) stream.end(deltas);
  return deltas.map(({ choiceIndex, step }) => [choiceIndex, step.case, step.value]);
}

const choice = (delta: unknown, finish: string | null = null, index = 0) => ({ id: "c", model: "m", created: 9, choices: [{ index, delta, finish_reason: finish }] });
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of OpenAI", () => {
  it("begins once, after chunks without choices, and takes text and a call from one chunk", () => {
    const call = { index: 3, id: "t", function: { name: "f", arguments: "{" } };
    const deltas = decode({ id: "", choices: [], prompt_filter_results: [] }, choice({ content: "a", tool_calls: [call] }), choice({ tool_calls: [{ index: 3, function: { arguments: "}" } }] }), choice({}, "tool_calls"), "[DONE]");
    expect(deltas.map((delta) => (delta as unknown[])[1])).toEqual(["started", "text", "toolCallStarted", "toolCallArguments", "toolCallArguments", "finished"]);
    expect(deltas[2]).toMatchObject([0, "toolCallStarted", { index: 0, id: "t", name: "f" }]);
  });

  it("numbers calls densely, even where the server calls every one 0", () => {
    const call = (id: string) => choice({ tool_calls: [{ index: 0, id, function: { name: id, arguments: "{}" } }] });
    const started = decode(call("a"), call("b"), choice({}, "stop"), "[DONE]").filter((delta) => (delta as unknown[])[1] === "toolCallStarted");
    expect(started).toMatchObject([[0, "toolCallStarted", { index: 0, id: "a" }], [0, "toolCallStarted", { index: 1, id: "b" }]]);
  });

  it("gives a call without arguments empty ones, and takes a forced call for what it is", () => {
    const deltas = decode(choice({ tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "" } }] }), choice({}, "stop"), "[DONE]");
    expect(deltas.slice(2)).toMatchObject([[0, "toolCallArguments", { fragment: "{}" }], [0, "finished", { reason: FinishReason.TOOL_CALLS, rawReason: "stop" }]]);
  });

  it("tells usage once and last, also where every chunk has some or it is null", () => {
    const usage = (completion_tokens: number) => ({ prompt_tokens: 5, completion_tokens });
    const deltas = decode({ ...choice({ content: "a" }), usage: usage(1) }, { ...choice({}, "stop"), usage: null }, { id: "c", choices: [], usage: usage(2) }, "[DONE]");
    expect(deltas.filter((delta) => (delta as unknown[])[1] === "usage")).toMatchObject([[0, "usage", { inputTokens: 5, outputTokens: 2 }]]);
  });

  it.each([
    ["an end without [DONE]", [choice({ content: "a" }), choice({}, "stop")]],
    ["[DONE] without a reason", [choice({ content: "a" }), "[DONE]"]],
    ["[DONE] alone", ["[DONE]"]],
    ["an event that is no JSON", ["{\"id\":"]],
    ["a call without a name", [choice({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] })]],
  ])("never takes %s for success", (_name, chunks) => {
    expect(() => decode(...chunks)).toThrow(malformed);
  });

  it("gives an error within the stream its code", () => {
    const error = { error: { message: "x", type: "server_error", code: "rate_limit_exceeded" } };
    expect(() => decode(choice({ content: "a" }), error)).toThrow(expect.objectContaining({ code: ErrorCode.RATE_LIMITED }));
  });

  it.each([null, {}, { choices: null }, { choices: [null] }, { choices: [{ delta: 7, finish_reason: {} }] }, { choices: [{ delta: { tool_calls: "x", content: 5 } }] }])(
    "survives the shape %j",
    (shape) => {
      expect(() => decode(shape, choice({ content: "a" }, "stop"), "[DONE]")).not.toThrow(TypeError);
    },
  );
});

describe("an answer of OpenAI", () => {
  it("is refused where it holds no choice, and is what the error says where it holds one", () => {
    expect(() => fromOpenaiResponse({ choices: [] }, [], 0)).toThrow(malformed);
    expect(() => fromOpenaiResponse("text", [], 0)).toThrow(malformed);
    expect(() => fromOpenaiResponse({ error: { type: "server_error" } }, [], 0)).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
  });

  it("carries a reason it does not know", () => {
    const answer = fromOpenaiResponse({ choices: [{ message: { content: "a" }, finish_reason: "eos" }] }, [], 0);
    expect(answer.choices[0]).toMatchObject({ finishReason: FinishReason.OTHER, rawFinishReason: "eos" });
  });
});

describe("usage of OpenAI", () => {
  it("is split into buckets that do not overlap", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 60, audio_tokens: 10 }, completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5 } };
    expect(fromOpenaiUsage(usage)).toMatchObject({ inputTokens: 30, cacheReadTokens: 60, audioInputTokens: 10, outputTokens: 15, reasoningTokens: 30, audioOutputTokens: 5, estimated: false });
  });

  it("is bounded where it is false", () => {
    expect(fromOpenaiUsage({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9e99 }, completion_tokens: -4 })).toMatchObject({ inputTokens: 0, cacheReadTokens: 5, outputTokens: 0 });
    expect(fromOpenaiUsage(null)).toBeUndefined();
  });
});
