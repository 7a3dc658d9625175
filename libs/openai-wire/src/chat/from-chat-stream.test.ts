import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Flavor, OPENAI_FLAVOR } from "../flavor.ts";
import { createChatStream } from "./from-chat-stream.ts";

const settings = { flavor: OPENAI_FLAVOR, now: () => 0 };

function decode(...chunks: unknown[]): unknown[] {
  return decodeAs(OPENAI_FLAVOR, ...chunks);
}

function decodeAs(flavor: Flavor, ...chunks: unknown[]): unknown[] {
  const stream = createChatStream({ ...settings, flavor });
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

  it("takes the end of a whole body for the answer's where the server leaves the mark out", () => {
    const flavor = { ...OPENAI_FLAVOR, doneMarker: false };
    expect(decodeAs(flavor, choice({ content: "a" }), choice({}, "stop"))).toEqual(decode(choice({ content: "a" }), choice({}, "stop"), "[DONE]"));
    expect(() => decodeAs(flavor, choice({ content: "a" }))).toThrow(malformed);
    expect(() => decodeAs(flavor, choice({ content: "a" }), "[DONE]")).toThrow(malformed);
  });

  it("seals reasoning with its state, for a server that wants it back", () => {
    const flavor: Flavor = { ...OPENAI_FLAVOR, reasoningBack: "reasoning_details" };
    const detail = (fields: object) => ({ reasoning_details: [{ type: "reasoning.text", index: 0, ...fields }] });
    const chunks = [choice({ reasoning: "a", ...detail({ text: "a" }) }), choice({ reasoning: "b", ...detail({ text: "b" }) }), choice(detail({ signature: "s" })), choice({ content: "c" }, "stop"), "[DONE]"];
    const told = decodeAs(flavor, ...chunks).slice(1);
    const sealed = JSON.stringify([{ type: "reasoning.text", index: 0, text: "ab", signature: "s" }]);
    expect(told).toMatchObject([[0, "reasoning", "a"], [0, "reasoning", "b"], [0, "reasoningSealed", { signature: new TextEncoder().encode(sealed) }], [0, "text", "c"], [0, "finished", {}]]);
    expect(decode(...chunks).slice(1)).toMatchObject([[0, "reasoning", "a"], [0, "reasoning", "b"], [0, "text", "c"], [0, "finished", {}]]);
  });

  it("puts sound together from its pieces, and takes pictures as they come", () => {
    const audio = (fields: object) => choice({ audio: fields });
    const image = { image_url: { url: "data:image/png;base64,iVBORw==" } };
    const deltas = decode(audio({ id: "audio_1", transcript: "Hel" }), audio({ data: "AAE=" }), choice({ images: [image] }), audio({ transcript: "lo", data: "Ag==" }), audio({ expires_at: 7 }), choice({}, "stop"), "[DONE]");
    const inline = (bytes: number[]) => ({ location: { case: "inline", value: new Uint8Array(bytes) } });
    expect(deltas.slice(1)).toMatchObject([
      [0, "part", { content: { case: "image", value: { source: { ...inline([0x89, 0x50, 0x4e, 0x47]), mimeType: "image/png" } } } }],
      [0, "part", { content: { case: "audio", value: { source: { ...inline([0, 1, 2]), mimeType: "audio/pcm" }, transcript: "Hello" } }, extraFields: [{ name: "id" }, { name: "expires_at" }] }],
      [0, "finished", {}],
    ]);
  });

  it("tells fields that it does not know where they stand, those of every chunk once", () => {
    const chunk = (delta: object, more: object, top: object) => ({ id: "c", model: "m", choices: [{ index: 0, delta, ...more }], ...top });
    const deltas = decode(
      chunk({ content: "a" }, { logprobs: { x: 1 } }, { service_tier: "default", citations: ["u"], obfuscation: "abc", system_fingerprint: null }),
      chunk({ content: "b", annotations: [{ y: 1 }] }, { logprobs: { x: 1 } }, { service_tier: "default", citations: ["u"] }),
      chunk({}, { finish_reason: "stop" }, { service_tier: "flex" }),
      "[DONE]",
    );
    const named = deltas.map((delta) => [(delta as unknown[])[1], ((delta as unknown[])[2] as { name?: string }).name]);
    expect(named).toEqual([
      ["started", undefined],
      ["extraField", "chunk.service_tier"],
      ["extraField", "chunk.citations"],
      ["text", undefined],
      ["extraField", "logprobs"],
      ["text", undefined],
      ["extraField", "delta.annotations"],
      ["extraField", "logprobs"],
      ["extraField", "chunk.service_tier"],
      ["finished", undefined],
    ]);
  });

  it("takes usage from wherever it stands", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    const last = (chunk: object) => decode(choice({ content: "a" }, "stop"), chunk, "[DONE]").at(-1);
    const expected = [0, "usage", expect.objectContaining({ inputTokens: 5, outputTokens: 2 })];
    expect(last({ id: "c", choices: null, usage })).toEqual(expected);
    expect(last({ id: "c", choices: [{ index: 0, delta: {} }], x_groq: { usage } })).toEqual(expected);
    expect(last({ id: "c", choices: [] })).toMatchObject([0, "finished", {}]);
  });

  it("lets an error take back nothing that was said to its end", () => {
    const error = { ...choice({}), error: { code: 400, message: "limit" }, usage: { prompt_tokens: 1, completion_tokens: 2 } };
    expect(decode(choice({ content: "a" }, "length"), error, "[DONE]").map((delta) => (delta as unknown[])[1])).toEqual(["started", "text", "finished", "usage"]);
    expect(() => decode(choice({ content: "a" }, "length"), choice({ content: "b" }, null, 1), error, "[DONE]")).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
    expect(() => decode(choice({ content: "a" }), { error: "overloaded" })).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
  });

  it("bounds what it remembers", () => {
    const many = (index: number) => choice({ content: "a" }, null, index);
    expect(() => decode(...Array.from({ length: 65 }, (_, index) => many(index)))).toThrow(malformed);
    const calls = Array.from({ length: 1_025 }, (_, index) => ({ index, id: `${index}`, function: { name: "f" } }));
    expect(() => decode(choice({ tool_calls: calls }))).toThrow(malformed);
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
