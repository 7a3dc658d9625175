import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import fc from "fast-check";
import { arbitraryMessage } from "../../test/arbitrary-message.ts";
import { arbitraryDeltas, inGroups } from "../../test/arbitrary-deltas.ts";
import { call, delta, finished, fragment, reasoning, refusal, sealed, started, text } from "../../test/delta.ts";
import { gatherAnswer } from "../../test/gather-answer.ts";
import { joinEvents } from "../../test/join-events.ts";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { EventEncoder } from "./event-encoder.ts";
import { fromChatResponse } from "./from-chat-response.ts";

const FACTS = { id: "req-1", model: "asked" };
const encoder = () => new EventEncoder(FACTS);
const eventsOf = (stream: string): unknown[] =>
  stream
    .split("\n\n")
    .slice(0, -1)
    .map((frame) => JSON.parse(frame.split("\ndata: ")[1] ?? ""));
const start = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const piece = (index: number, fields: object) => ({ type: "content_block_delta", index, delta: fields });
const stop = (index: number) => ({ type: "content_block_stop", index });
const toolUse = (index: number, name: string, id: number) =>
  start(index, { type: "tool_use", id: `call_${id}`, name, input: {} });
const inputJson = (index: number, partial_json: string) => piece(index, { type: "input_json_delta", partial_json });

describe("a streamed message", () => {
  it("begins with the prompt's tokens where the provider told them before it answered", () => {
    const promptUsage = create(TokenUsageSchema, { inputTokens: 5, cacheReadTokens: 7, outputTokens: 1 });
    const value = { id: "id-1", model: "m", promptUsage };
    const [begun] = eventsOf(encoder().encode([delta({ case: "started", value })], sampleReport));
    expect(begun).toMatchObject({
      message: { usage: { input_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 7, output_tokens: 0 } },
    });
  });

  it("names its events, opens blocks with their first content and closes each before the next", () => {
    const stream = encoder();
    const steps = [
      started("id-1"),
      reasoning("h"),
      reasoning("m"),
      sealed("Sig=="),
      text("so"),
      text(" on"),
      call(0, "f"),
      fragment(0, '{"a"'),
      fragment(0, ":1}"),
    ];
    const events = stream.encode([...steps, finished(FinishReason.TOOL_CALLS)], sampleReport);
    expect(events.startsWith('event: message_start\ndata: {"type":"message_start"')).toBe(true);
    expect(eventsOf(events)).toEqual([
      {
        type: "message_start",
        message: {
          id: "msg_id-1",
          type: "message",
          role: "assistant",
          model: "m-1",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0, estimated: true },
        },
      },
      start(0, { type: "thinking", thinking: "", signature: "" }),
      piece(0, { type: "thinking_delta", thinking: "h" }),
      piece(0, { type: "thinking_delta", thinking: "m" }),
      piece(0, { type: "signature_delta", signature: "Sig==" }),
      stop(0),
      start(1, { type: "text", text: "" }),
      piece(1, { type: "text_delta", text: "so" }),
      piece(1, { type: "text_delta", text: " on" }),
      stop(1),
      toolUse(2, "f", 0),
      inputJson(2, '{"a"'),
      inputJson(2, ":1}"),
      stop(2),
    ]);
    const usage = delta({
      case: "usage",
      value: { inputTokens: 3, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 6 },
    });
    expect(stream.encode([usage])).toBe("");
    expect(eventsOf(stream.end(sampleReport))).toEqual([
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 11 },
        fairlead: sampleExtension,
      },
      { type: "message_stop" },
    ]);
  });

  it("brings the mixed pieces of parallel calls into one sequence", () => {
    const steps = [
      call(0, "f"),
      call(1, "g"),
      fragment(1, '{"b"'),
      fragment(0, '{"a":'),
      fragment(1, ":2}"),
      fragment(0, "1}"),
      call(2, "h"),
    ];
    const stream = encoder();
    const events = stream.encode([started("id-1"), ...steps, finished(FinishReason.TOOL_CALLS)]);
    expect(eventsOf(events).slice(1)).toEqual([
      toolUse(0, "f", 0),
      inputJson(0, '{"a":'),
      inputJson(0, "1}"),
      stop(0),
      toolUse(1, "g", 1),
      inputJson(1, '{"b":2}'),
      stop(1),
      toolUse(2, "h", 2),
      stop(2),
    ]);
  });

  it("sends redacted thinking whole, and the seal of another provider with its name", () => {
    const google = { ...sampleReport, provider: "google" };
    const events = encoder().encode([started("id-1"), sealed("Red==", true), sealed("S=")], google);
    expect(eventsOf(events).slice(1)).toEqual([
      start(0, { type: "redacted_thinking", data: "fairlead:google:Red==" }),
      stop(0),
      start(1, { type: "thinking", thinking: "", signature: "" }),
      piece(1, { type: "signature_delta", signature: "fairlead:google:S=" }),
      stop(1),
    ]);
  });

  it("opens no block without content and calls a refusal a refusal", () => {
    const stream = encoder();
    const events =
      stream.encode([started("id-1"), text(""), refusal("no"), finished(FinishReason.STOP)]) + stream.end();
    expect(joinEvents(events)).toMatchObject({ content: [{ type: "text", text: "no" }], stop_reason: "refusal" });
    expect(eventsOf(encoder().encode([started("id-1"), text(""), reasoning(""), sealed("")]))).toHaveLength(1);
  });

  it("says of reasoning without a seal whose it is, as the unstreamed answer does", () => {
    const google = { ...sampleReport, provider: "google" };
    const steps = [started("id-1"), reasoning("h"), reasoning("m"), text("so"), reasoning("ah"), call(0, "f"), fragment(0, "{}")];
    const events = encoder().encode([...steps, finished(FinishReason.TOOL_CALLS)], google);
    expect(joinEvents(events)).toMatchObject({
      content: [
        { type: "thinking", thinking: "hm", signature: "fairlead:google:" },
        { type: "text", text: "so" },
        { type: "thinking", thinking: "ah", signature: "fairlead:google:" },
        { type: "tool_use", id: "call_0" },
      ],
    });
  });

  it("writes the first choice only", () => {
    const events = encoder().encode([started("id-1"), text("other", 1), text("first", 0)]);
    expect(events).not.toContain("other");
  });

  it("that fails ends in an error event and never in message_stop", () => {
    const stream = encoder();
    stream.encode([started("id-1"), text("a"), finished(FinishReason.STOP)]);
    const detail = create(ErrorDetailSchema, {
      code: ErrorCode.OVERLOADED,
      message: "Full.",
      retryable: true,
      requestId: "req-1",
    });
    expect(stream.fail(detail)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Full.",' +
        '"fairlead":{"code":"overloaded","retryable":true,"request_id":"req-1","attempts":[]}},"request_id":"req-1"}\n\n',
    );
    expect(stream.encode([text("late")]) + stream.end()).toBe("");
  });

  it.each([
    ["without an answer", []],
    ["before the answer was complete", [started("id-1"), text("a")]],
  ])("that ends %s is a failure", (_, deltas) => {
    const stream = encoder();
    stream.encode(deltas);
    expect(eventsOf(stream.end())).toMatchObject([{ type: "error", error: { type: "api_error" } }]);
  });

  it("says the same as the unstreamed answer, however its steps arrive", () => {
    fc.assert(
      fc.property(arbitraryDeltas, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (deltas, cuts) => {
        const stream = encoder();
        const groups = inGroups(deltas, cuts).map((group) => stream.encode(group, sampleReport));
        const chat = gatherAnswer(deltas, sampleReport.provider);
        const whole = fromChatResponse(create(GenerateResponseSchema, { chat, report: sampleReport }), FACTS);
        expect(joinEvents(groups.join("") + stream.end(sampleReport))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: 200 },
    );
  });

  it("streams what a provider's own tool is called with, as such input always is, and sends its result whole", () => {
    const own = (value: JsonValue) => delta({ case: "part", value: { content: { case: "foreign", value: { dialect: "anthropic.messages", value: fromJson(ValueSchema, value) } } } });
    const found = { type: "web_search_tool_result", tool_use_id: "s", content: [{ type: "web_search_result" }] };
    const events = encoder().encode([text("a"), own({ type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } }), own(found), text("b")]);
    expect(eventsOf(events).slice(4)).toEqual([
      start(1, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      inputJson(1, '{"query":"q"}'),
      stop(1),
      start(2, found),
      stop(2),
      start(3, { type: "text", text: "" }),
      piece(3, { type: "text_delta", text: "b" }),
    ]);
  });

  it("opens a call with all that is known of it, and a text with its sources", () => {
    const field = (name: string, value: JsonValue) => delta({ case: "extraField", value: { dialect: "anthropic.messages", name: `content_block.${name}`, value: fromJson(ValueSchema, value) } });
    const cited = [text("a"), field("type", "text"), field("citations", [{ url: "u" }]), text("b"), field("citations", [{ url: "v" }]), field("type", "text"), text("c")];
    const events = encoder().encode([...cited, call(0, "f"), field("caller", { type: "direct" }), fragment(0, "{}")]);
    expect(eventsOf(events).slice(1)).toEqual([
      start(0, { type: "text", text: "" }),
      piece(0, { type: "text_delta", text: "a" }),
      stop(0),
      start(1, { type: "text", text: "", citations: [] }),
      piece(1, { type: "citations_delta", citation: { url: "u" } }),
      piece(1, { type: "text_delta", text: "b" }),
      piece(1, { type: "citations_delta", citation: { url: "v" } }),
      stop(1),
      start(2, { type: "text", text: "" }),
      piece(2, { type: "text_delta", text: "c" }),
      stop(2),
      start(3, { type: "tool_use", id: "call_0", name: "f", input: {}, caller: { type: "direct" } }),
      inputJson(3, "{}"),
    ]);
  });

  it("leaves out what another dialect alone has, and says so at its end", () => {
    const value = fromJson(ValueSchema, { type: "web_search_call" });
    const stream = encoder();
    const other = { dialect: "openai.responses", value };
    const events = stream.encode([
      text("a"),
      delta({ case: "part", value: { content: { case: "foreign", value: other } } }),
      delta({ case: "extraField", value: { ...other, name: "service_tier" } }),
      text("b"),
      finished(FinishReason.STOP),
    ]);
    expect(joinEvents(events + stream.end(sampleReport))).toMatchObject({
      content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
      fairlead: { adaptations: [{ field: "seed" }, { field: "choices[0].parts[1].foreign", kind: "dropped" }, { field: "choices[0].extra_fields.service_tier", kind: "dropped" }] },
    });
  });

  it("begins with the size of the prompt as it was estimated, and ends with what was used", () => {
    const report = create(RouteReportSchema, { decision: { analysis: { inputTokens: 42 } } });
    const stream = encoder();
    const [begun] = eventsOf(stream.encode([started("id-1")], report));
    expect(begun).toMatchObject({ message: { usage: { input_tokens: 42, output_tokens: 0 } } });
    stream.encode([finished(FinishReason.STOP), delta({ case: "usage", value: { inputTokens: 40, outputTokens: 5 } })]);
    expect(eventsOf(stream.end())[0]).toMatchObject({ usage: { input_tokens: 40, output_tokens: 5 } });
  });

  it("names in the seal of reasoning who made it, where that matters", () => {
    const signature = new TextEncoder().encode("Enc==");
    const part = (value: object) => delta({ case: "part", value: { content: { case: "reasoning", value: { signature, provider: "openai", ...value } } } });
    const google = { ...sampleReport, provider: "google" };
    const step = delta({ case: "reasoningSealed", value: { signature, id: "rs_2", deployment: "west" } });
    const sealedSteps = [reasoning("ah"), step, reasoning("hm"), part({ id: "rs_1", deployment: "east" }), part({ text: "whole", redacted: true }), part({ provider: "", redacted: true }), sealed("")];
    expect(joinEvents(encoder().encode([started("id-1"), ...sealedSteps], google))).toMatchObject({
      content: [
        { type: "thinking", thinking: "ah", signature: "fairlead:google@west#rs_2:Enc==" },
        { type: "thinking", thinking: "hm", signature: "fairlead:openai@east#rs_1:Enc==" },
        { type: "thinking", thinking: "whole", signature: "fairlead:openai:Enc==" },
        { type: "redacted_thinking", data: "fairlead:google:Enc==" },
      ],
    });
  });

  it("says the same as the unstreamed answer, also of what only Anthropic has", () => {
    fc.assert(
      fc.property(arbitraryMessage, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), ({ deltas, chat }, cuts) => {
        const stream = encoder();
        const groups = inGroups(deltas, cuts).map((group) => stream.encode(group, sampleReport));
        const events = groups.join("") + stream.end(sampleReport);
        const whole = fromChatResponse(create(GenerateResponseSchema, { chat, report: sampleReport }), FACTS);
        expect(joinEvents(events)).toEqual(JSON.parse(JSON.stringify(whole)));
        expect(events.match(/^event: (message_stop|error)$/gm)).toEqual(["event: message_stop"]);
      }),
      { numRuns: 300 },
    );
  });
});
