import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromGoogleFinishReason } from "./finish-reason.ts";
import { fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream } from "./from-google-stream.ts";
import { createPartialArguments } from "./partial-arguments.ts";
import { fromGoogleUsage } from "./usage.ts";

const reading = { now: 0, newId: () => "new" };

function decode(...events: unknown[]): unknown[] {
  const stream = createGoogleStream(() => 0, () => "new");
  const deltas: ChatDelta[] = [];
  for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
  stream.end(deltas);
  return deltas.map(({ step }) => [step.case, step.value]);
}

const parts = (list: object[], finishReason?: string) => ({ responseId: "r", modelVersion: "g", candidates: [{ content: { parts: list }, finishReason }] });
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

  it.each([["MAX_TOKENS", FinishReason.LENGTH], ["SPII", FinishReason.CONTENT_FILTER], ["MALFORMED_FUNCTION_CALL", FinishReason.OTHER], ["", FinishReason.UNSPECIFIED]])("ends with %j", (raw, reason) => {
    expect(fromGoogleFinishReason(raw, false)).toBe(reason);
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
