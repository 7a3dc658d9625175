import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import fc from "fast-check";
import { arbitraryDeltas, inGroups } from "../../test/arbitrary-deltas.ts";
import { call, delta, finished, fragment, reasoning, refusal, sealed, started, text } from "../../test/delta.ts";
import { gatherAnswer } from "../../test/gather-answer.ts";
import { joinChunks } from "../../test/join-chunks.ts";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { ChunkEncoder } from "./chunk-encoder.ts";
import { fromChatResponse } from "./from-chat-response.ts";

const FACTS = { id: "req-1", created: 1, model: "asked" };
const encoder = (includeUsage = false) => new ChunkEncoder({ ...FACTS, includeUsage });

/** What each frame holds; the text of frames that are no JSON. */
function framesOf(stream: string): unknown[] {
  expect(stream === "" || stream.endsWith("\n\n")).toBe(true);
  return stream
    .split("\n\n")
    .slice(0, -1)
    .map((frame) => {
      expect(frame).toMatch(/^data: [^\n]+$/);
      const data = frame.slice("data: ".length);
      return data === "[DONE]" ? data : JSON.parse(data);
    });
}

const chunk = (choices: unknown[], fields: object = {}) => ({
  id: "chatcmpl-id-1",
  object: "chat.completion.chunk",
  created: 1_700_000_000,
  model: "m-1",
  choices,
  ...fields,
});
const step = (said: object, index = 0) => chunk([{ index, delta: said, finish_reason: null }]);
const usage = delta({ case: "usage", value: { inputTokens: 3, outputTokens: 4 } });

describe("a streamed answer", () => {
  it("opens with the role and ends with reason, report and [DONE]", () => {
    const stream = encoder();
    const begun = stream.encode([started("id-1"), text("Hel"), text('lo\n\n"')]);
    const rest = stream.encode([finished(FinishReason.LENGTH, "max_tokens"), usage]);
    expect(framesOf(begun)).toEqual([
      step({ role: "assistant", content: "" }),
      step({ content: "Hel" }),
      step({ content: 'lo\n\n"' }),
    ]);
    expect(rest).toBe("");
    expect(framesOf(stream.end(sampleReport))).toEqual([
      chunk([{ index: 0, delta: {}, finish_reason: "length", native_finish_reason: "max_tokens" }], {
        fairlead: sampleExtension,
      }),
      "[DONE]",
    ]);
  });

  it("tells what was used in a chunk without choices, only to who asked for it", () => {
    const stream = encoder(true);
    stream.encode([started("id-1"), text("a"), usage, finished(FinishReason.STOP)]);
    expect(framesOf(stream.end(sampleReport))).toEqual([
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }], { usage: null }),
      chunk([], {
        usage: {
          prompt_tokens: 3,
          completion_tokens: 4,
          total_tokens: 7,
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
        },
        fairlead: sampleExtension,
      }),
      "[DONE]",
    ]);
  });

  it("sets what was used, because providers send it more than once", () => {
    const stream = encoder(true);
    const more = delta({ case: "usage", value: { inputTokens: 3, outputTokens: 9 } });
    stream.encode([started("id-1"), text("a"), usage, more, finished(FinishReason.STOP)]);
    expect(framesOf(stream.end())[1]).toMatchObject({ usage: { completion_tokens: 9 } });
  });

  it("carries reasoning and its seal, calls of tools and refusals", () => {
    const stream = encoder();
    const steps = [
      reasoning("h"),
      reasoning("m"),
      sealed("Sig=="),
      sealed("Red==", true),
      call(0, "f"),
      fragment(0, "{"),
      fragment(0, "}"),
      call(1, "g"),
    ];
    const frames = framesOf(
      stream.encode([started("id-1"), ...steps, finished(FinishReason.TOOL_CALLS, "tool_calls")], sampleReport),
    );
    const toolCall = (fields: object) => step({ tool_calls: [fields] });
    expect(frames).toEqual([
      step({ role: "assistant", content: null }),
      step({ reasoning_content: "h" }),
      step({ reasoning_content: "m" }),
      step({
        reasoning_details: [{ type: "reasoning.text", index: 0, text: "hm", signature: "fairlead:anthropic:Sig==" }],
      }),
      step({ reasoning_details: [{ type: "reasoning.encrypted", index: 1, data: "fairlead:anthropic:Red==" }] }),
      toolCall({ index: 0, id: "call_0", type: "function", function: { name: "f", arguments: "" } }),
      toolCall({ index: 0, function: { arguments: "{" } }),
      toolCall({ index: 0, function: { arguments: "}" } }),
      toolCall({ index: 1, id: "call_1", type: "function", function: { name: "g", arguments: "" } }),
    ]);
    expect(framesOf(stream.end()).slice(0, 2)).toEqual([
      toolCall({ index: 1, function: { arguments: "{}" } }),
      expect.objectContaining({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
    ]);
    expect(framesOf(encoder().encode([started("id-1"), refusal("no")]))).toEqual([
      step({ role: "assistant", content: null }),
      step({ refusal: "no" }),
    ]);
  });

  it("tells the seal of reasoning once it is known who made it, and reasoning without one so that it goes back there", () => {
    const stream = encoder();
    const begun = framesOf(stream.encode([started("id-1"), reasoning("a"), sealed("Sig=="), reasoning("b"), text("c"), finished(FinishReason.STOP)]));
    expect(begun).toEqual([step({ role: "assistant", content: null }), step({ reasoning_content: "a" }), step({ reasoning_content: "b" }), step({ content: "c" })]);
    expect(framesOf(stream.end(sampleReport)).slice(0, 2)).toEqual([
      step({ reasoning_details: [{ type: "reasoning.text", index: 0, text: "a", signature: "fairlead:anthropic:Sig==" }] }),
      step({ reasoning_details: [{ type: "reasoning.text", index: 1, text: "b", signature: "fairlead:anthropic:" }] }),
    ]);
  });

  it("puts back what only this dialect has, where it belongs, and says what it leaves out", () => {
    const field = (name: string, value: JsonValue, dialect = "openai.chat") =>
      delta({ case: "extraField", value: { dialect, name, value: fromJson(ValueSchema, value) } });
    const foreign = (dialect: string, value: JsonValue) =>
      delta({ case: "part", value: { content: { case: "foreign", value: { dialect, value: fromJson(ValueSchema, value) } } } });
    const custom = { id: "c", type: "custom", custom: { name: "sql", input: "select 1" } };
    const stream = encoder();
    const frames = framesOf(
      stream.encode([
        started("id-1"),
        field("chunk.service_tier", "flex"),
        field("chunk.id", "other"),
        text("a"),
        field("logprobs", { content: [] }),
        field("delta.annotations", [{ type: "url_citation" }]),
        field("delta.content", "no"),
        field("annotations", [], "openai.responses"),
        call(0, "f"),
        foreign("openai.chat", custom),
        foreign("anthropic.messages", { type: "server_tool_use" }),
        finished(FinishReason.STOP),
      ]),
    );
    const tier = { service_tier: "flex" };
    expect(frames.slice(1, 6)).toEqual([
      { ...step({ content: "a" }), ...tier },
      { ...chunk([{ index: 0, delta: {}, logprobs: { content: [] }, finish_reason: null }]), ...tier },
      { ...step({ annotations: [{ type: "url_citation" }] }), ...tier },
      { ...step({ tool_calls: [{ index: 0, id: "call_0", type: "function", function: { name: "f", arguments: "" } }] }), ...tier },
      { ...step({ tool_calls: [{ index: 1, ...custom }] }), ...tier },
    ]);
    const [, last] = framesOf(stream.end(sampleReport)) as { fairlead: { adaptations: { field: string }[] } }[];
    expect(last?.fairlead.adaptations.slice(1).map((told) => told.field)).toEqual(["choices[0].extra_fields.annotations", "choices[0].parts[3].foreign"]);
  });

  it("keeps several choices apart and puts the report on the very last chunk", () => {
    const stream = encoder();
    const frames = stream.encode([
      started("id-1"),
      text("a", 1),
      text("b", 0),
      finished(FinishReason.STOP, "", 0),
      finished(FinishReason.STOP, "", 1),
    ]);
    expect(framesOf(frames)).toEqual([
      step({ role: "assistant", content: "" }, 1),
      step({ content: "a" }, 1),
      step({ role: "assistant", content: "" }),
      step({ content: "b" }),
    ]);
    const [first, second] = framesOf(stream.end(sampleReport));
    expect(first).not.toHaveProperty("fairlead");
    expect(second).toHaveProperty("fairlead");
  });

  it("that fails ends in an error event and never claims to be done", () => {
    const stream = encoder();
    stream.encode([started("id-1"), text("a"), finished(FinishReason.STOP)]);
    const detail = create(ErrorDetailSchema, {
      code: ErrorCode.STREAM_INTERRUPTED,
      message: "It broke.",
      retryable: true,
      requestId: "req-1",
    });
    expect(framesOf(stream.fail(detail))).toEqual([
      {
        error: {
          message: "It broke.",
          type: "server_error",
          code: "stream_interrupted",
          param: null,
          fairlead: { code: "stream_interrupted", retryable: true, request_id: "req-1", attempts: [] },
        },
      },
    ]);
    expect(stream.encode([text("late")]) + stream.end() + stream.fail(detail)).toBe("");
  });

  it.each([
    ["without an answer", []],
    ["before the answer was complete", [started("id-1"), text("a")]],
  ])("that ends %s is a failure", (_, deltas) => {
    const stream = encoder();
    stream.encode(deltas);
    expect(framesOf(stream.end())).toMatchObject([{ error: { code: "stream_interrupted" } }]);
  });

  it("names the facts where the provider said nothing of itself", () => {
    expect(framesOf(encoder().encode([text("a")]))[0]).toMatchObject({
      id: "chatcmpl-req-1",
      created: 1,
      model: "asked",
    });
  });

  it("says the same as the unstreamed answer, however its steps arrive", () => {
    fc.assert(
      fc.property(arbitraryDeltas, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (deltas, cuts) => {
        const stream = encoder(true);
        const groups = inGroups(deltas, cuts).map((group) => stream.encode(group, sampleReport));
        const frames = framesOf(groups.join("") + stream.end(sampleReport));
        const chat = gatherAnswer(deltas, sampleReport.provider);
        const whole = fromChatResponse(create(GenerateResponseSchema, { chat, report: sampleReport }), FACTS);
        expect(joinChunks(frames)).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: 200 },
    );
  });
});
