import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { createResponsesStream } from "./from-responses-stream.ts";

const head = { id: "resp_1", model: "m", created_at: 9, output: [] };
const created = { type: "response.created", response: head };
const completed = { type: "response.completed", response: { ...head, status: "completed", usage: { input_tokens: 1, output_tokens: 2 } } };
const added = (item: object, output_index = 0) => ({ type: "response.output_item.added", output_index, item });
const ended = (item: object, output_index = 0) => ({ type: "response.output_item.done", output_index, item });
const told = (kind: string, fields: object, output_index = 0) => ({ type: `response.${kind}`, output_index, ...fields });
const call = (more: object = {}) => ({ type: "function_call", id: "fc", call_id: "c", name: "f", arguments: "", ...more });

function decode(...events: unknown[]): unknown[] {
  const stream = createResponsesStream({ provider: "openai", deployment: "d", now: () => 0 });
  const deltas: ChatDelta[] = [];
  for (const event of events) {
    stream.push({ data: typeof event === "string" ? event : JSON.stringify(event), id: undefined, event: undefined }, deltas);
  }
  if (!stream.done) stream.end(deltas);
  return deltas.map(({ step }) => [step.case, step.value]);
}

/** What is told between the beginning and the end. */
const inner = (...events: unknown[]) => decode(created, ...events, completed).slice(1, -2);
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("a stream of the Responses API", () => {
  it("begins once and ends with a reason and what was used", () => {
    const deltas = decode(created, { ...created, type: "response.in_progress" }, completed, completed, created);
    expect(deltas).toMatchObject([
      ["started", { id: "resp_1", model: "m", createdUnixSeconds: 9n }],
      ["finished", { reason: FinishReason.STOP, rawReason: "completed" }],
      ["usage", { inputTokens: 1, outputTokens: 2 }],
    ]);
    const cut = { type: "response.incomplete", response: { ...head, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } } };
    expect(decode(cut)).toMatchObject([["started", {}], ["finished", { reason: FinishReason.LENGTH, rawReason: "max_output_tokens" }]]);
  });

  const whole = call({ arguments: '{"a":1}' });
  const begun = ["toolCallStarted", { index: 0, id: "c", name: "f" }];
  it.each([
    ["in fragments", [told("function_call_arguments.delta", { delta: '{"a"' }), told("function_call_arguments.delta", { delta: ":1}" }), told("function_call_arguments.done", { arguments: '{"a":1}' }), ended(whole)], ['{"a"', ":1}"]],
    ["at the end of the arguments", [told("function_call_arguments.done", { arguments: '{"a":1}' }), ended(whole)], ['{"a":1}']],
    ["at the end of the item", [ended(whole)], ['{"a":1}']],
    ["nowhere", [ended(call())], ["{}"]],
    ["nowhere, and without an end", [], ["{}"]],
  ])("tells arguments that come %s exactly once", (_name, events, fragments) => {
    expect(inner(added(call()), ...events)).toMatchObject([begun, ...fragments.map((fragment) => ["toolCallArguments", { index: 0, fragment }])]);
    expect(decode(created, added(call()), ...events, completed).at(-2)).toMatchObject(["finished", { reason: FinishReason.TOOL_CALLS }]);
  });

  it("numbers calls densely, whatever comes between them", () => {
    const search = { type: "web_search_call", id: "ws" };
    const deltas = inner(added(call()), ended(whole), added(search, 1), ended(search, 1), added(call({ call_id: "d" }), 2), ended(call({ call_id: "d" }), 2));
    expect(deltas.filter((delta) => (delta as unknown[])[0] === "toolCallStarted")).toMatchObject([["toolCallStarted", { index: 0, id: "c" }], ["toolCallStarted", { index: 1, id: "d" }]]);
    expect(deltas[2]).toMatchObject(["part", { content: { case: "foreign", value: { dialect: "openai.responses" } } }]);
  });

  it("tells text in fragments or at the end exactly once, and then what else it says", () => {
    const block = { type: "output_text", text: "ab", annotations: [{ type: "url_citation" }] };
    const item = { type: "message", phase: "final_answer", content: [block] };
    const fields = [["extraField", { name: "part.annotations" }], ["extraField", { name: "part.message.phase" }]];
    const open = added({ type: "message", content: [] });
    expect(inner(open, told("output_text.delta", { delta: "a" }), told("output_text.delta", { delta: "b" }), told("content_part.done", { part: block }), ended(item))).toMatchObject([["text", "a"], ["text", "b"], ...fields]);
    expect(inner(open, told("content_part.done", { part: block }), ended(item))).toMatchObject([["text", "ab"], ...fields]);
    expect(inner(open, told("output_text.delta", { delta: "ab" }), ended(item))).toMatchObject([["text", "ab"], ...fields]);
    expect(inner(ended(item))).toMatchObject([["text", "ab"], ...fields]);
    expect(inner(open, told("refusal.delta", { delta: "no" }), ended({ type: "message", content: [{ type: "refusal", refusal: "no" }] }))).toEqual([["refusal", "no"]]);
  });

  it("tells reasoning with its paragraphs and seals it; whole where none of it was shown", () => {
    const item = { type: "reasoning", id: "rs", summary: [{ text: "ab" }, { text: "c" }], encrypted_content: "enc" };
    const summary = (summary_index: number, delta: string) => told("reasoning_summary_text.delta", { summary_index, delta });
    const thought = told("reasoning_text.delta", { content_index: 0, delta: "t" });
    const open = added({ type: "reasoning", summary: [] });
    const signature = new TextEncoder().encode("enc");
    expect(inner(open, summary(0, "a"), summary(0, "b"), summary(1, "c"), ended(item))).toMatchObject([["reasoning", "a"], ["reasoning", "b"], ["reasoning", "\n\nc"], ["reasoningSealed", { signature, redacted: false }]]);
    expect(inner(open, thought, summary(0, "a"), ended(item)).slice(0, -1)).toEqual([["reasoning", "t"]]);
    const value = { id: "rs", text: "ab\n\nc", signature, provider: "openai", deployment: "d" };
    expect(inner(open, ended(item))).toMatchObject([["part", { content: { case: "reasoning", value } }]]);
    expect(inner(open, ended({ type: "reasoning", summary: [] }))).toEqual([]);
  });

  it("tells what belongs to the whole answer once, and that it is kept before all else", () => {
    const kept = (more: object) => ({ ...head, store: true, service_tier: "auto", ...more });
    const deltas = decode({ type: "response.created", response: kept({}) }, { type: "response.completed", response: kept({ service_tier: "default" }) });
    expect(deltas.map((delta) => [(delta as unknown[])[0], ((delta as unknown[])[1] as { name?: string }).name])).toEqual([
      ["started", undefined],
      ["extraField", "response.store"],
      ["extraField", "response.service_tier"],
      ["extraField", "response.service_tier"],
      ["finished", undefined],
    ]);
  });

  it("takes the items of the last event where none came before it", () => {
    const response = { ...completed.response, output: [{ type: "message", content: [{ type: "output_text", text: "t" }] }, whole] };
    expect(decode({ ...completed, response }).slice(1, -2)).toMatchObject([["text", "t"], begun, ["toolCallArguments", { fragment: '{"a":1}' }]]);
  });

  it.each([
    ["an end without a word", [created]],
    ["[DONE] in place of one", [created, "[DONE]"]],
    ["an event that is no JSON", ["{"]],
    ["a call without a name", [created, added(call({ name: "" }))]],
    ["more items than any answer has", Array.from({ length: 1_025 }, (_, index) => added({ type: "message" }, index))],
  ])("never takes %s for success", (_name, events) => {
    expect(() => decode(...events)).toThrow(malformed);
  });

  it.each([
    [{ type: "error", error: { type: "insufficient_quota", code: "insufficient_quota" } }, ErrorCode.PROVIDER_QUOTA_EXHAUSTED],
    [{ type: "error", code: "rate_limit_exceeded", message: "x" }, ErrorCode.RATE_LIMITED],
    [{ type: "response.failed", response: { status: "failed", error: { code: "server_error" } } }, ErrorCode.PROVIDER_ERROR],
    [{ type: "response.failed", response: {} }, ErrorCode.PROVIDER_ERROR],
    [{ type: "response.completed", response: { error: { code: "rate_limit_exceeded" } } }, ErrorCode.RATE_LIMITED],
    [{ error: { type: "overloaded_error" } }, ErrorCode.OVERLOADED],
  ])("gives an error within it its code: %j", (event, code) => {
    expect(() => decode(created, event)).toThrow(expect.objectContaining({ code }));
  });
});
