import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { fromCohereEmbedding } from "./embedding.ts";
import { fromCohereResponse } from "./from-cohere-response.ts";
import { fromCohereUsage } from "./usage.ts";

const read = (body: unknown) => fromCohereResponse(body, "m", [], 0);
const answer = (message: object, more: object = {}) => read({ id: "i", message, finish_reason: "COMPLETE", ...more });
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

function short({ content, extraFields }: Part): unknown[] {
  const more = extraFields.length === 0 ? [] : [extraFields.map(({ name }) => name)];
  if (content.case === "text") return ["text", content.value.text, ...more];
  if (content.case === "reasoning") return ["reasoning", content.value.text, bytesToState(content.value.signature)];
  if (content.case === "toolCall") return ["call", content.value.id, content.value.name, content.value.argumentsJson];
  return [content.case];
}

describe("an answer of Cohere", () => {
  it("is read in its order: plan, thinking and text, calls", () => {
    const calls = [
      { id: "1", type: "function", function: { name: "f", arguments: "{\"a\":1}" } },
      { id: "2", type: "function", function: { name: "g", arguments: "null" } },
      { id: "3", type: "function", function: { name: "h" } },
    ];
    const { choices, model, id } = answer({ tool_plan: "p", content: [{ type: "thinking", thinking: "t" }, { type: "text", text: "a" }, { type: "text", text: "b" }], tool_calls: calls });
    expect([id, model]).toEqual(["i", "m"]);
    expect(choices[0]?.parts.map(short)).toEqual([
      ["reasoning", "p", "tool_plan"],
      ["reasoning", "t", ""],
      ["text", "ab"],
      ["call", "1", "f", "{\"a\":1}"],
      ["call", "2", "g", "{}"],
      ["call", "3", "h", "{}"],
    ]);
  });

  it("keeps what is not known where it stood: blocks, fields of blocks, of the message and of the answer", () => {
    const { choices, extraFields } = answer({ content: [{ type: "text", text: "a", mark: 1 }, { type: "chart", points: [] }], citations: [{ start: 0 }] }, { logprobs: [{ text: "a" }] });
    expect(choices[0]?.parts.map(short)).toEqual([["text", "a", ["mark"]], ["foreign"]]);
    expect(choices[0]?.extraFields.map(({ name, dialect }) => [dialect, name])).toEqual([["cohere.chat", "message.citations"]]);
    expect(extraFields.map(({ name }) => name)).toEqual(["logprobs"]);
  });

  it("carries a reason that is not known, and is no answer where it failed", () => {
    expect(answer({}, { finish_reason: "NEW" }).choices[0]).toMatchObject({ rawFinishReason: "NEW" });
    expect(() => answer({}, { finish_reason: "ERROR" })).toThrow(expect.objectContaining({ code: ErrorCode.PROVIDER_ERROR }));
    expect(() => answer({}, { finish_reason: "TIMEOUT" })).toThrow(expect.objectContaining({ code: ErrorCode.TIMEOUT }));
  });

  it.each([[{}], [[]], [null], ["text"], [{ message: [] }]])("is refused where it has no message: %j", (body) => {
    expect(() => read(body)).toThrow(malformed);
  });
});

describe("the usage of Cohere", () => {
  const billed = (input_tokens: number, output_tokens: number) => ({ input_tokens, output_tokens });
  it.each<[string, object, object | undefined]>([
    ["what is billed, not what the model saw", { billed_units: billed(8, 50), tokens: { ...billed(1_394, 55), reasoning_tokens: 38 }, cached_tokens: 1_360 }, { inputTokens: 8, outputTokens: 12, reasoningTokens: 38 }],
    ["cached tokens that must be among the billed ones", { billed_units: billed(2_406, 2), tokens: billed(2_935, 4), cached_tokens: 2_928 }, { inputTokens: 7, cacheReadTokens: 2_399, outputTokens: 2 }],
    ["images, which are billed beside the text", { billed_units: billed(267, 66), tokens: { ...billed(34, 70), image_tokens: 259 }, cached_tokens: 0 }, { inputTokens: 8, imageInputTokens: 259, outputTokens: 66 }],
    ["what the model saw where nothing else is told", { tokens: billed(5, 6) }, { inputTokens: 5, outputTokens: 6 }],
    ["no more cached tokens than there are", { tokens: billed(5, 6), cached_tokens: 99 }, { cacheReadTokens: 5, outputTokens: 6 }],
    ["nothing where nothing is told", { cached_tokens: 3 }, undefined],
  ])("is %s", (_what, told, expected) => {
    const none = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0, audioInputTokens: 0, audioOutputTokens: 0, imageInputTokens: 0, imageOutputTokens: 0, estimated: false };
    expect(fromCohereUsage(told)).toEqual(expected && { $typeName: "fairlead.chat.v1.TokenUsage", ...none, ...expected });
  });
});

describe("vectors of Cohere", () => {
  it("are refused where there is not one for each text", () => {
    for (const embeddings of [undefined, {}, { float: [[1]] }, { float: [[1], []] }]) {
      expect(() => fromCohereEmbedding({ embeddings }, "m", 2, [], 0)).toThrow(malformed);
    }
  });
});
