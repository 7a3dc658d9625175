import { plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { fromResponse } from "./from-response.ts";

const settings = { provider: "openai", deployment: "d", adaptations: [], now: () => 0 };
const read = (body: object) => fromResponse({ status: "completed", output: [], ...body }, settings);
const message = (...content: object[]) => ({ type: "message", id: "msg_1", status: "completed", role: "assistant", content });
const call = (more: object = {}) => ({ type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: '{"a":1}', status: "completed", ...more });
const endOf = (body: object) => {
  const choice = plainAnswer(read(body)).choices[0];
  return [choice?.finish, choice?.raw];
};

describe("a response", () => {
  it("is read item by item, with what only its dialect knows", () => {
    const answer = read({
      id: "resp_1",
      model: "m",
      created_at: 9,
      output: [
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "a" }, { type: "summary_text", text: "b" }], encrypted_content: "enc" },
        { type: "web_search_call", id: "ws_1" },
        { ...message({ type: "output_text", text: "t", annotations: [{ type: "url_citation" }], logprobs: [] }, { type: "output_text", text: "u" }), phase: "commentary" },
        message({ type: "refusal", refusal: "no" }),
        call({ namespace: "n" }),
      ],
      service_tier: "default",
      store: false,
      tools: [{ type: "function" }],
      usage: { input_tokens: 3, output_tokens: 4 },
    });
    expect(answer).toMatchObject({ id: "resp_1", model: "m", createdUnixSeconds: 9n, usage: { inputTokens: 3, outputTokens: 4 } });
    expect(answer.choices[0]?.parts[0]?.content.value).toMatchObject({ id: "rs_1", provider: "openai", deployment: "d" });
    expect(plainAnswer(answer).choices[0]).toEqual({
      parts: [
        { kind: "reasoning", text: "a\n\nb", signature: "enc", redacted: false, extras: {} },
        { kind: "foreign", dialect: "openai.responses", value: { type: "web_search_call", id: "ws_1" }, extras: {} },
        { kind: "text", text: "tu", extras: { annotations: [{ type: "url_citation" }], "message.phase": "commentary" } },
        { kind: "refusal", text: "no", extras: {} },
        { kind: "toolCall", id: "c", name: "f", arguments: { a: 1 }, signature: "", extras: { namespace: "n" } },
      ],
      finish: "TOOL_CALLS",
      raw: "completed",
      extras: { service_tier: "default" },
    });
  });

  it("tells that it is kept, and nothing where it is not", () => {
    expect(plainAnswer(read({ store: true })).choices[0]?.extras).toEqual({ store: true });
    expect(plainAnswer(read({ store: false })).choices[0]?.extras).toEqual({});
  });

  it("shows what the model thought where it does, and keeps no reasoning of which nothing is known", () => {
    const reasoning = (more: object) => plainAnswer(read({ output: [{ type: "reasoning", ...more }] })).choices[0]?.parts;
    expect(reasoning({ content: [{ type: "reasoning_text", text: "a" }], summary: [{ text: "b" }] })).toMatchObject([{ kind: "reasoning", text: "a" }]);
    expect(reasoning({ summary: [] })).toEqual([]);
    expect(reasoning({ id: "rs_1", summary: [] })).toMatchObject([{ kind: "reasoning", text: "" }]);
  });

  it.each([
    [{ output: [message({ type: "output_text", text: "t" })] }, "STOP", "completed"],
    [{ output: [call()] }, "TOOL_CALLS", "completed"],
    [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "LENGTH", "max_output_tokens"],
    [{ status: "incomplete", incomplete_details: { reason: "content_filter" } }, "CONTENT_FILTER", "content_filter"],
    [{ status: "incomplete", incomplete_details: { reason: "tired" } }, "OTHER", "tired"],
    [{ status: "incomplete" }, "OTHER", "incomplete"],
  ])("ends as its status, its details and its content say: %#", (body, finish, raw) => {
    expect(endOf(body)).toEqual([finish, raw]);
  });

  it.each([
    ["failed", { status: "failed", error: { code: "rate_limit_exceeded", message: "x" } }, ErrorCode.RATE_LIMITED],
    ["failed without a word", { status: "failed", error: null }, ErrorCode.PROVIDER_ERROR],
    ["was cancelled", { status: "cancelled" }, ErrorCode.PROVIDER_ERROR],
    ["is not complete", { status: "in_progress" }, ErrorCode.MALFORMED_ANSWER],
    ["has more items than any answer", { output: Array.from({ length: 1_025 }, () => ({})) }, ErrorCode.MALFORMED_ANSWER],
    ["has no output", { output: null }, ErrorCode.MALFORMED_ANSWER],
    ["calls nothing", { output: [call({ name: "" })] }, ErrorCode.MALFORMED_ANSWER],
  ])("is no answer where it %s", (_name, body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
  });

  it.each([null, [], { output: [null, 5, { type: "message", content: [null, { type: "output_text", text: 5 }] }, { type: "reasoning", summary: "x" }] }])("survives the shape %j", (body) => {
    try {
      read(body as object);
    } catch (error) {
      expect(error).toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
    }
  });
});
