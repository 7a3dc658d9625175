import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import fc from "fast-check";
import { arbitraryDeltas, inGroups } from "../../test/arbitrary-deltas.ts";
import { call, delta, finished, fragment, reasoning, refusal, sealed, started, text } from "../../test/delta.ts";
import { gatherAnswer } from "../../test/gather-answer.ts";
import { joinResponseEvents, responseEvents } from "../../test/join-response-events.ts";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { readKeptAnswerId } from "./answer-id.ts";
import { ResponseEncoder } from "./event-encoder.ts";
import { fromChatResponse } from "./from-chat-response.ts";
import { parseResponsesBody } from "./responses-body.ts";
import { type ResponsesCall, toChatRequest } from "./to-chat-request.ts";

const FACTS = { id: "req-1", created: 1, model: "asked" };

function asked(fields: object = {}): ResponsesCall {
  const body = parseResponsesBody({ model: "asked", input: "Hi.", store: false, ...fields });
  const call = body.kind === "ok" ? toChatRequest(body.value) : body;
  if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
  return call.value;
}

const encoder = (fields: object = {}) => new ResponseEncoder(FACTS, asked(fields));
const field = (name: string, value: JsonValue, dialect = "openai.responses") =>
  delta({ case: "extraField", value: { dialect, name, value: fromJson(ValueSchema, value) } });
const foreign = (dialect: string, value: JsonValue) =>
  delta({ case: "part", value: { content: { case: "foreign", value: { dialect, value: fromJson(ValueSchema, value) } } } });
const usage = delta({ case: "usage", value: { inputTokens: 3, outputTokens: 4, reasoningTokens: 1, cacheReadTokens: 2 } });
const typesOf = (stream: string) => responseEvents(stream).map(({ type }) => type.replace("response.", ""));

describe("a streamed response", () => {
  it("is the whole sequence of events, each item opened by its first content", () => {
    const stream = encoder();
    const events = stream.encode([started("resp_1"), reasoning("hm"), sealed("Sig=="), text("Hel"), text("lo"), call(0, "f"), fragment(0, "{}"), usage], sampleReport);
    const rest = stream.encode([finished(FinishReason.TOOL_CALLS)]);
    expect(rest).toBe("");
    expect(typesOf(events + stream.end(sampleReport))).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "completed",
    ]);
  });

  it("ends with the whole response, what was used and how it was made", () => {
    const stream = encoder({ temperature: 0.5, instructions: "Be brief." });
    const events = stream.encode([started("resp_1"), text("Hi"), finished(FinishReason.STOP), usage]) + stream.end(sampleReport);
    expect(joinResponseEvents(events)).toMatchObject({
      id: "resp_1",
      object: "response",
      created_at: 1_700_000_000,
      model: "m-1",
      status: "completed",
      incomplete_details: null,
      error: null,
      instructions: "Be brief.",
      temperature: 0.5,
      store: false,
      output: [
        {
          id: "msg_fairlead_req-1_0",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "Hi", annotations: [], logprobs: [] }],
        },
      ],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 10,
      },
      fairlead: sampleExtension,
    });
  });

  it("says nothing before there is content", () => {
    const stream = encoder();
    expect(stream.encode([started("resp_1"), field("response.service_tier", "flex"), usage])).toBe("");
    expect(responseEvents(stream.encode([text("a")]))[0]?.response).toMatchObject({ id: "resp_1", status: "in_progress", service_tier: "flex", output: [] });
  });

  it("has an id to go on from where its provider keeps it", () => {
    const stream = encoder({ store: true });
    const thought = delta({ case: "reasoningSealed", value: { signature: new TextEncoder().encode("gAAA"), id: "rs_up", deployment: "eu" } });
    const report = { ...sampleReport, provider: "openai", deployment: "eu" };
    const events = stream.encode([started("resp_up"), thought, text("a"), finished(FinishReason.STOP), field("response.store", true)], report);
    const response = joinResponseEvents(events + stream.end(report));
    expect(readKeptAnswerId(String(response["id"]))).toMatchObject({ provider: "openai", deployment: "eu", id: "resp_up" });
    expect(response).toMatchObject({ store: true, output: [{ id: "rs_up", type: "reasoning", summary: [] }, { type: "message" }] });
  });

  it("tells where it was cut off", () => {
    const stream = encoder();
    const events = stream.encode([text("Hel"), finished(FinishReason.LENGTH, "length")]) + stream.end();
    expect(joinResponseEvents(events)).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ status: "incomplete" }],
    });
    expect(typesOf(events).at(-1)).toBe("incomplete");
  });

  it("tells reasoning whole once it is known who made it, and names it then", () => {
    const stream = encoder();
    const begun = stream.encode([started("resp_1"), reasoning("hm"), sealed("Sig=="), reasoning("so"), text("Hi")]);
    expect(typesOf(begun).filter((type) => type === "output_item.done")).toEqual([]);
    const events = begun + stream.encode([finished(FinishReason.STOP)]) + stream.end(sampleReport);
    expect(joinResponseEvents(events)["output"]).toMatchObject([
      { type: "reasoning", summary: [{ text: "hm" }], encrypted_content: "fairlead:anthropic:Sig==" },
      { type: "reasoning", summary: [{ text: "so" }], encrypted_content: "fairlead:anthropic:" },
      { type: "message" },
    ]);
  });

  it("keeps mixed calls of tools apart and gives an empty object for arguments that never came", () => {
    const steps = [call(0, "f"), call(1, "g"), fragment(1, '{"b":'), fragment(0, '{"a":1}'), fragment(1, "2}"), call(2, "h"), finished(FinishReason.TOOL_CALLS)];
    const stream = encoder();
    const response = joinResponseEvents(stream.encode(steps) + stream.end());
    expect(response["output"]).toMatchObject([
      { type: "function_call", call_id: "call_0", name: "f", arguments: '{"a":1}', status: "completed" },
      { type: "function_call", call_id: "call_1", name: "g", arguments: '{"b":2}', status: "completed" },
      { type: "function_call", call_id: "call_2", name: "h", arguments: "{}", status: "completed" },
    ]);
  });

  it("carries refusals, hidden reasoning and pictures", () => {
    const source = { location: { case: "inline" as const, value: new Uint8Array([1, 2]) }, mimeType: "image/png" };
    const picture = delta({ case: "part", value: { content: { case: "image", value: { source } } } });
    const stream = encoder();
    const events = stream.encode([sealed("Red==", true), refusal("No"), refusal("."), picture, finished(FinishReason.STOP)], sampleReport);
    expect(joinResponseEvents(events + stream.end())["output"]).toEqual([
      { id: "rs_fairlead_req-1_0", type: "reasoning", summary: [], encrypted_content: "redacted:fairlead:anthropic:Red==" },
      expect.objectContaining({ type: "message", content: [{ type: "refusal", refusal: "No." }] }),
      { id: "ig_fairlead_req-1_2", type: "image_generation_call", status: "completed", result: "AQI=" },
    ]);
  });

  it("puts back what only this dialect has, where it belongs", () => {
    const citation = { type: "url_citation", url: "https://x.org", title: "X", start_index: 0, end_index: 1 };
    const search = { id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query: "x" } };
    const steps = [
      foreign("openai.responses", search),
      text("a"),
      field("part.annotations", [citation]),
      field("part.message.phase", "commentary"),
      text("b"),
      call(0, "f"),
      field("part.namespace", "n"),
      field("response.service_tier", "default"),
      field("response.id", "resp_other"),
      finished(FinishReason.TOOL_CALLS),
    ];
    const stream = encoder();
    const response = joinResponseEvents(stream.encode([started("resp_1"), ...steps]) + stream.end(sampleReport));
    expect(response).toMatchObject({ id: "resp_1", service_tier: "default", fairlead: sampleExtension });
    expect(response["output"]).toMatchObject([
      search,
      { type: "message", phase: "commentary", content: [{ text: "a", annotations: [citation] }] },
      { type: "message", content: [{ text: "b", annotations: [] }] },
      { type: "function_call", namespace: "n" },
    ]);
  });

  it("leaves out what only another dialect has, and says so", () => {
    const stream = encoder();
    const events = stream.encode([text("a"), foreign("anthropic.messages", { type: "server_tool_use" }), field("logprobs", {}, "openai.chat"), finished(FinishReason.STOP)]);
    const { output, fairlead } = joinResponseEvents(events + stream.end(sampleReport)) as { output: unknown[]; fairlead: { adaptations: unknown[] } };
    expect(output).toHaveLength(1);
    expect(fairlead.adaptations.slice(1)).toMatchObject([
      { field: "choices[0].parts[1].foreign", kind: "dropped" },
      { field: "choices[0].extra_fields.logprobs", kind: "dropped" },
    ]);
  });

  it("that fails ends in an error event and nothing after it", () => {
    const stream = encoder();
    const events = stream.encode([started("resp_1"), text("a")]);
    const detail = create(ErrorDetailSchema, { code: ErrorCode.RATE_LIMITED, message: "Slow down.", retryable: true, requestId: "req-1" });
    const failure = stream.fail(detail);
    expect(responseEvents(events + failure).at(-1)).toMatchObject({ type: "error", code: "rate_limit_exceeded", message: "Slow down.", param: null, fairlead: { code: "rate_limited" } });
    expect(stream.encode([text("b")]) + stream.end() + stream.fail(detail)).toBe("");
  });

  it.each([
    ["without an answer", []],
    ["before the answer was complete", [started("resp_1"), text("a")]],
  ])("that ends %s is a failure", (_, deltas) => {
    const stream = encoder();
    expect(responseEvents(stream.encode(deltas) + stream.end()).at(-1)).toMatchObject({ type: "error", code: "stream_interrupted" });
  });

  it("that says nothing at all is still a response", () => {
    const stream = encoder();
    expect(joinResponseEvents(stream.encode([started("resp_1"), finished(FinishReason.STOP)]) + stream.end())).toMatchObject({ status: "completed", output: [] });
  });

  it("says the same as the unstreamed answer, however its steps arrive", () => {
    fc.assert(
      fc.property(arbitraryDeltas, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (deltas, cuts) => {
        const called = asked();
        const stream = new ResponseEncoder(FACTS, called);
        const groups = inGroups(deltas, cuts).map((group) => stream.encode(group, sampleReport));
        const chat = gatherAnswer(deltas, sampleReport.provider);
        const whole = fromChatResponse(create(GenerateResponseSchema, { chat, report: sampleReport }), FACTS, called);
        expect(joinResponseEvents(groups.join("") + stream.end(sampleReport))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: 200 },
    );
  });
});
