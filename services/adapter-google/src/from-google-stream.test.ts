import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromGoogleFinishReason } from "./finish-reason.ts";
import { fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream, PART_PREFIX } from "./from-google-stream.ts";
import { createPartialArguments } from "./partial-arguments.ts";
import { fromGoogleUsage } from "./usage.ts";

const reading = { now: 0, newId: () => "new" };

function read(events: readonly unknown[]): ChatDelta[] {
  const stream = createGoogleStream(() => 0, () => "new");
  const deltas: ChatDelta[] = [];
  for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
  stream.end(deltas);
  return deltas;
}

const decode = (...events: unknown[]): unknown[] => read(events).map(({ step }) => [step.case, step.value]);
const gather = (...events: unknown[]) => gatherAnswer(read(events), PART_PREFIX);
const whole = (json: unknown) => plainAnswer(fromGoogleResponse(json, [], reading));

const parts = (list: object[], finishReason?: string) => ({ responseId: "r", modelVersion: "g", candidates: [{ content: { parts: list }, finishReason }] });
const foreign = (value: object) => ({ kind: "foreign", dialect: "google.content", value, extras: {} });
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of Gemini", () => {
  it("ends once, also where every event says STOP, and derives calls from content", () => {
    const deltas = decode(parts([{ text: "a" }], "STOP"), parts([{ functionCall: { name: "f", args: { x: 1 } }, thoughtSignature: "s" }], "STOP"));
    expect(deltas).toMatchObject([
      ["started", { id: "r", model: "g" }],
      ["text", "a"],
      ["toolCallStarted", { index: 0, id: "call_r_0_0", name: "f", signature: new TextEncoder().encode("s") }],
      ["toolCallArguments", { fragment: "{\"x\":1}" }],
      ["finished", { reason: FinishReason.TOOL_CALLS, rawReason: "STOP" }],
    ]);
  });

  it("takes a blocked prompt for an answer without words", () => {
    expect(decode({ promptFeedback: { blockReason: "SAFETY" } }).at(-1)).toMatchObject(["finished", { reason: FinishReason.CONTENT_FILTER, rawReason: "SAFETY" }]);
    expect(fromGoogleResponse({ promptFeedback: { blockReason: "SAFETY" } }, [], reading).choices[0]).toMatchObject({ parts: [], rawFinishReason: "SAFETY" });
  });

  it("takes a prompt that is blocked in the middle of an answer for one that is withheld", () => {
    const said = gather(parts([{ text: "a" }]), { promptFeedback: { blockReason: "OTHER", blockReasonMessage: "m" } });
    expect(said.choices[0]).toMatchObject({ parts: [{ text: "a" }], finish: "CONTENT_FILTER", raw: "OTHER", extras: { promptFeedback: { blockReason: "OTHER", blockReasonMessage: "m" } } });
  });

  it("reads several parts of one event, calls beside words, in order", () => {
    const deltas = decode(parts([{ text: "t", thought: true }, { text: "a" }, { functionCall: { id: "c1", name: "f", args: { x: 1 } }, thoughtSignature: "s" }, { functionCall: { name: "g" } }, { text: "b", thoughtSignature: "s2" }], "STOP"));
    expect(deltas.slice(1)).toMatchObject([
      ["reasoning", "t"],
      ["text", "a"],
      ["toolCallStarted", { index: 0, id: "c1", name: "f", signature: new TextEncoder().encode("s") }],
      ["toolCallArguments", { index: 0, fragment: "{\"x\":1}" }],
      ["toolCallStarted", { index: 1, id: "call_r_0_1", name: "g", signature: new Uint8Array(0) }],
      ["toolCallArguments", { index: 1, fragment: "{}" }],
      ["text", "b"],
      ["reasoningSealed", { signature: new TextEncoder().encode("s2") }],
      ["finished", { reason: FinishReason.TOOL_CALLS }],
    ]);
  });

  it("hands on what Google's own tools did, and what it does not know of candidate, usage and answer, as told last", () => {
    const code = { executableCode: { language: "PYTHON", code: "1" }, thoughtSignature: "s" };
    const ran = { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } };
    const event = (candidate: object, rest: object = {}) => ({ candidates: [candidate], createTime: "2026-01-02T03:04:05Z", ...rest });
    const about = { finishReason: "STOP", groundingMetadata: { groundingChunks: [2] }, avgLogprobs: -0.5, safetyRatings: [] };
    const events = [
      event({ content: { parts: [code] }, groundingMetadata: { groundingChunks: [1] } }),
      event({ content: { parts: [ran, { text: "a" }] }, ...about }, { modelStatus: { modelStage: "STABLE" }, usageMetadata: { promptTokenCount: 1, trafficType: "ON_DEMAND" } }),
    ];
    const said = gather(...events);
    expect(said.choices[0]).toEqual({
      parts: [foreign(code), foreign(ran), { kind: "text", text: "a", extras: {} }],
      finish: "STOP",
      raw: "STOP",
      extras: { groundingMetadata: { groundingChunks: [2] }, avgLogprobs: -0.5, modelStatus: { modelStage: "STABLE" }, "usageMetadata.trafficType": "ON_DEMAND" },
    });
    expect(whole({ ...events[1], candidates: [{ content: { parts: [code, ran, { text: "a" }] }, ...about }] })).toEqual(said);
    expect(read(events)[0]?.step).toMatchObject({ value: { createdUnixSeconds: 1_767_323_045n } });
  });

  it("makes media of what it drew or spoke, and keeps its signature behind it", () => {
    const list = [{ inlineData: { mimeType: "image/png", data: "iVBORw==" }, thoughtSignature: "s" }, { inlineData: { mimeType: "audio/wav", data: "AQI=" } }, { fileData: { mimeType: "image/png", fileUri: "gs://b/x.png" } }];
    const expected = [
      { kind: "image", where: "iVBORw==", mimeType: "image/png", extras: {} },
      { kind: "reasoning", text: "", signature: "s", redacted: false, extras: {} },
      { kind: "audio", where: "AQI=", mimeType: "audio/wav", extras: {} },
      { kind: "image", where: "gs://b/x.png", mimeType: "image/png", extras: {} },
    ];
    expect(gather(parts(list, "STOP")).choices[0]?.parts).toEqual(expected);
    expect(whole(parts(list, "STOP")).choices[0]?.parts).toEqual(expected);
  });

  it("takes an end that is told twice once", () => {
    const last = { ...parts([{ text: "b" }], "STOP"), usageMetadata: { promptTokenCount: 1 } };
    expect(gather(parts([{ text: "a" }]), last, last, last).choices[0]).toMatchObject({ parts: [{ text: "ab" }], finish: "STOP" });
  });

  it("sets usage as it was told last, and keeps what is told no more", () => {
    const event = (usageMetadata: object) => ({ ...parts([{ text: "a" }], "STOP"), usageMetadata });
    const told = [event({ promptTokenCount: 5, candidatesTokenCount: 1, thoughtsTokenCount: 7, totalTokenCount: 13 }), event({ promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 15 }), event({ trafficType: "x" })];
    expect(gather(...told).usage).toMatchObject({ inputTokens: 5, outputTokens: 3, reasoningTokens: 7 });
  });

  it("tells several answers apart, each with its own end", () => {
    const candidate = (index: number, text: string, finishReason?: string) => ({ index, content: { parts: [{ text }] }, finishReason });
    const events = [{ candidates: [candidate(0, "a"), candidate(1, "b")] }, { candidates: [candidate(1, "B", "MAX_TOKENS")] }, { candidates: [] }, { candidates: [candidate(0, "A", "STOP")] }];
    expect(gather(...events).choices).toMatchObject({ 0: { parts: [{ text: "aA" }], finish: "STOP" }, 1: { parts: [{ text: "bB" }], finish: "LENGTH" } });
    expect(() => gather(...events.slice(0, 2))).toThrow(malformed);
  });

  it("bounds candidates, calls and what it remembers", () => {
    const many = Array.from({ length: 65 }, (_, index) => ({ index }));
    expect(() => decode({ candidates: many })).toThrow(malformed);
    expect(() => decode(parts(Array.from({ length: 4_097 }, () => ({ functionCall: { name: "f" } }))))).toThrow(malformed);
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n]));
    expect(Object.keys(gather({ ...parts([], "STOP"), ...fields }).choices[0]?.extras ?? {})).toHaveLength(32);
  });

  it("gathers arguments that come in pieces", () => {
    const piece = (functionCall: object) => parts([{ functionCall }]);
    const deltas = decode(piece({ name: "f", willContinue: true }), piece({ partialArgs: [{ jsonPath: "$.a[0].b", stringValue: "x", willContinue: true }], willContinue: true }), piece({ partialArgs: [{ jsonPath: "$.a[0].b", stringValue: "y" }], willContinue: true }), piece({}), parts([], "STOP"));
    expect(deltas.slice(1)).toMatchObject([["toolCallStarted", { name: "f" }], ["toolCallArguments", { fragment: "{\"a\":[{\"b\":\"xy\"}]}" }], ["finished", {}]]);
  });

  it("gives an error within the stream its code, in an array too", () => {
    const error = [{ error: { code: 503, status: "UNAVAILABLE", message: "busy" } }];
    expect(() => decode(parts([{ text: "a" }]), error)).toThrow(expect.objectContaining({ code: ErrorCode.OVERLOADED }));
  });

  it.each([
    ["a stream without a reason", [parts([{ text: "a" }])]],
    ["an empty stream", []],
    ["metadata alone", [{ usageMetadata: { promptTokenCount: 3 } }]],
  ])("never takes %s for success", (_name, events) => {
    expect(() => decode(...events)).toThrow(malformed);
  });
});

describe("an answer of Gemini", () => {
  it("is refused where it holds neither candidate nor block", () => {
    expect(() => fromGoogleResponse({ candidates: [] }, [], reading)).toThrow(malformed);
  });

  it.each([
    ["STOP", FinishReason.STOP],
    ["MAX_TOKENS", FinishReason.LENGTH],
    ["SAFETY", FinishReason.CONTENT_FILTER],
    ["RECITATION", FinishReason.CONTENT_FILTER],
    ["BLOCKLIST", FinishReason.CONTENT_FILTER],
    ["PROHIBITED_CONTENT", FinishReason.CONTENT_FILTER],
    ["SPII", FinishReason.CONTENT_FILTER],
    ["IMAGE_SAFETY", FinishReason.CONTENT_FILTER],
    ["MALFORMED_FUNCTION_CALL", FinishReason.OTHER],
    ["UNEXPECTED_TOOL_CALL", FinishReason.OTHER],
    ["LANGUAGE", FinishReason.OTHER],
    ["OTHER", FinishReason.OTHER],
    ["SOMETHING_NEW", FinishReason.OTHER],
    ["", FinishReason.UNSPECIFIED],
  ])("ends with %j", (raw, reason) => {
    expect(fromGoogleFinishReason(raw, false)).toBe(reason);
    expect(fromGoogleFinishReason(raw, true)).toBe(raw === "STOP" ? FinishReason.TOOL_CALLS : reason);
  });

  it("is what an error in its place means, in an array too", () => {
    expect(() => whole([{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "slow" } }])).toThrow(expect.objectContaining({ code: ErrorCode.RATE_LIMITED }));
  });

  it("seals its thoughts alike whole and streamed, with words or without", () => {
    const list = [{ text: "t", thought: true }, { text: "u", thought: true, thoughtSignature: "s1" }, { text: "v", thought: true }, { text: "", thoughtSignature: "s2" }, { text: "a", thoughtSignature: "s3" }];
    const expected = [
      { kind: "reasoning", text: "tu", signature: "s1", redacted: false, extras: {} },
      { kind: "reasoning", text: "v", signature: "s2", redacted: false, extras: {} },
      { kind: "text", text: "a", extras: {} },
      { kind: "reasoning", text: "", signature: "s3", redacted: false, extras: {} },
    ];
    expect(whole(parts(list, "STOP")).choices[0]?.parts).toEqual(expected);
    expect(gather(parts(list.slice(0, 2)), parts(list.slice(2), "STOP")).choices[0]?.parts).toEqual(expected);
  });

  it("has usage in buckets that do not overlap, with thoughts and tool prompts on top", () => {
    const usage = { promptTokenCount: 100, toolUsePromptTokenCount: 20, cachedContentTokenCount: 30, candidatesTokenCount: 40, thoughtsTokenCount: 50, promptTokensDetails: [{ modality: "AUDIO", tokenCount: 15 }, { modality: "IMAGE", tokenCount: 5 }], cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 10 }] };
    expect(fromGoogleUsage(usage)).toMatchObject({ inputTokens: 80, cacheReadTokens: 30, audioInputTokens: 5, imageInputTokens: 5, outputTokens: 40, reasoningTokens: 50 });
  });
});

describe("arguments in pieces", () => {
  it.each(["", "$", "$.a[", "$.a[9999999]", "a b"])("refuse the place %j", (jsonPath) => {
    const gathered = createPartialArguments();
    expect(() => gathered.add([{ jsonPath, stringValue: "x" }])).toThrow(malformed);
  });

  it("take no place for a prototype", () => {
    const gathered = createPartialArguments();
    gathered.add([{ jsonPath: "$.__proto__.polluted", boolValue: true }]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
