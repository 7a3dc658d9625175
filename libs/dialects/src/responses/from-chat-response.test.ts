import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { readKeptAnswerId } from "./answer-id.ts";
import { fromChatResponse } from "./from-chat-response.ts";
import { parseResponsesBody } from "./responses-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

type ChatInit = MessageInitShape<typeof GenerateResponseSchema>["chat"];

const FACTS = { id: "req-1", created: 1_700_000_001, model: "" };
const bytes = (text: string) => new TextEncoder().encode(text);
const field = (name: string, value: JsonValue, dialect = "openai.responses") => ({ dialect, name, value: fromJson(ValueSchema, value) });

function response(chat: ChatInit, asked: object = {}, report = sampleReport) {
  const body = parseResponsesBody({ model: "m", input: "Hi.", store: false, ...asked });
  const call = body.kind === "ok" ? toChatRequest(body.value) : body;
  if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
  return fromChatResponse(create(GenerateResponseSchema, { chat: chat as object, report }), FACTS, call.value);
}
const outputOf = (parts: unknown[], finishReason = FinishReason.STOP) => response({ choices: [{ parts: parts as [], finishReason }] }).output;

describe("an answer as a response", () => {
  it("tells everything that was said, used and decided, and repeats its settings", () => {
    const tools = [{ type: "function", name: "f", parameters: {}, strict: false }];
    const chat = {
      id: "resp_up",
      model: "gpt-x-2026",
      createdUnixSeconds: 1_700_000_000n,
      choices: [{ parts: [{ content: { case: "text" as const, value: { text: "Hello" } } }], finishReason: FinishReason.STOP, rawFinishReason: "completed" }],
      usage: { inputTokens: 10, cacheReadTokens: 20, cacheWriteTokens: 3, outputTokens: 5, reasoningTokens: 7 },
    };
    const asked = { instructions: "Be brief.", tools, tool_choice: "required", temperature: 0.2, reasoning: { effort: "low" }, metadata: { a: "b" }, user: "u", max_output_tokens: 99 };
    expect(response(chat, asked)).toEqual({
      id: "resp_up",
      object: "response",
      created_at: 1_700_000_000,
      status: "completed",
      incomplete_details: null,
      error: null,
      model: "gpt-x-2026",
      output: [
        {
          id: "msg_fairlead_req-1_0",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
        },
      ],
      background: false,
      instructions: "Be brief.",
      max_output_tokens: 99,
      metadata: { a: "b" },
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: "low", summary: null },
      temperature: 0.2,
      text: { format: { type: "text" } },
      tool_choice: "required",
      tools,
      top_p: 1,
      truncation: "disabled",
      user: "u",
      store: false,
      usage: {
        input_tokens: 33,
        input_tokens_details: { cached_tokens: 20, cache_write_tokens: 3 },
        output_tokens: 12,
        output_tokens_details: { reasoning_tokens: 7 },
        total_tokens: 45,
      },
      fairlead: sampleExtension,
    });
  });

  it("takes id, time and model from the facts where the provider gave none, and has no usage where none is known", () => {
    expect(response({})).toMatchObject({ id: "resp_req-1", created_at: 1_700_000_001, model: "claude-x", usage: null, output: [] });
  });

  it("writes calls, reasoning, refusals and pictures as items in order, words in a row as one message", () => {
    const parts = [
      { content: { case: "reasoning", value: { text: "hm", signature: bytes("Sig=="), provider: "anthropic" } } },
      { content: { case: "reasoning", value: { signature: bytes("gAAA"), provider: "openai", id: "rs_up" } } },
      { content: { case: "reasoning", value: { text: "", provider: "google" } } },
      { content: { case: "text", value: { text: "a" } }, extraFields: [field("annotations", [{ type: "file_path" }]), field("message.phase", "commentary")] },
      { content: { case: "refusal", value: { text: "no" } } },
      { content: { case: "text", value: { text: "b" } }, extraFields: [field("message.phase", "final_answer")] },
      { content: { case: "toolCall", value: { id: "c1", name: "f", argumentsJson: '{"a":1}', signature: bytes("Sig==") } } },
      { content: { case: "toolCall", value: { name: "g" } }, extraFields: [field("namespace", "n")] },
      { content: { case: "image", value: { source: { location: { case: "inline", value: bytes("png") }, mimeType: "image/png" } } } },
      { content: { case: "foreign", value: { dialect: "openai.responses", value: fromJson(ValueSchema, { id: "ws_1", type: "web_search_call" }) } } },
      { content: { case: "foreign", value: { dialect: "openai.responses", value: fromJson(ValueSchema, { type: "unknown_call" }) } } },
    ];
    const text = (value: string, annotations: unknown[] = []) => ({ type: "output_text", text: value, annotations, logprobs: [] });
    expect(outputOf(parts)).toEqual([
      { id: "rs_fairlead_req-1_0", type: "reasoning", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "fairlead:anthropic:Sig==" },
      { id: "rs_up", type: "reasoning", summary: [], encrypted_content: "gAAA" },
      { id: "msg_fairlead_req-1_2", type: "message", status: "completed", role: "assistant", phase: "commentary", content: [text("a", [{ type: "file_path" }]), { type: "refusal", refusal: "no" }] },
      { id: "msg_fairlead_req-1_3", type: "message", status: "completed", role: "assistant", phase: "final_answer", content: [text("b")] },
      { id: "fc_fairlead_req-1_4", type: "function_call", status: "completed", arguments: '{"a":1}', call_id: "c1", name: "f", extra_content: { google: { thought_signature: "Sig==" } } },
      { id: "fc_fairlead_req-1_5", type: "function_call", status: "completed", arguments: "{}", call_id: "call_fairlead_req-1_5", name: "g", namespace: "n" },
      { id: "ig_fairlead_req-1_6", type: "image_generation_call", status: "completed", result: "cG5n" },
      { id: "ws_1", type: "web_search_call" },
      { id: "item_fairlead_req-1_8", type: "unknown_call" },
    ]);
  });

  it("puts back what only this dialect has and says what it leaves out", () => {
    const answer = response({
      extraFields: [field("service_tier", "flex"), field("id", "resp_other"), field("system_fingerprint", "fp", "openai.chat")],
      choices: [
        {
          parts: [
            { content: { case: "foreign", value: { dialect: "anthropic.messages", value: fromJson(ValueSchema, { type: "x" }) } } },
            { content: { case: "image", value: { source: { location: { case: "url", value: "https://x.org/a.png" } } } } },
            { content: { case: "audio", value: { transcript: "la" } } },
          ],
        },
      ],
    });
    expect(answer).toMatchObject({ id: "resp_req-1", service_tier: "flex", output: [{ content: [{ text: "la" }] }] });
    expect(answer.fairlead?.adaptations.slice(1).map(({ field: path }) => path)).toEqual([
      "extra_fields.system_fingerprint",
      "choices[0].parts[0].foreign",
      "choices[0].parts[1].image",
      "choices[0].parts[2].audio",
    ]);
  });

  it("that its provider keeps has an id to go on from, and leaves the state of reasoning with the provider", () => {
    const chat = {
      id: "resp_up",
      extraFields: [field("store", true)],
      choices: [{ parts: [{ content: { case: "reasoning" as const, value: { text: "hm", signature: bytes("gAAA"), provider: "openai", id: "rs_up" } } }] }],
    };
    const report = { ...sampleReport, provider: "openai", deployment: "eu" };
    const kept = response(chat, { store: true }, report);
    expect(readKeptAnswerId(kept.id)).toMatchObject({ provider: "openai", deployment: "eu", id: "resp_up" });
    expect(kept).toMatchObject({ store: true, output: [{ id: "rs_up", type: "reasoning", summary: [{ text: "hm" }] }] });
    expect(kept.output[0]).not.toHaveProperty("encrypted_content");
    const asked = response(chat, { store: true, include: ["reasoning.encrypted_content"] }, report);
    expect(asked.output[0]).toHaveProperty("encrypted_content", "gAAA");
  });

  it.each([
    [FinishReason.STOP, "end_turn", { status: "completed", incomplete_details: null, native_finish_reason: "end_turn" }],
    [FinishReason.TOOL_CALLS, "tool_calls", { status: "completed", incomplete_details: null }],
    [FinishReason.LENGTH, "max_output_tokens", { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }],
    [FinishReason.CONTENT_FILTER, "content_filter", { status: "incomplete", incomplete_details: { reason: "content_filter" } }],
    [FinishReason.PAUSE, "pause_turn", { status: "completed", incomplete_details: null, native_finish_reason: "pause_turn" }],
    [99 as FinishReason, "its_word", { status: "completed", incomplete_details: null, native_finish_reason: "its_word" }],
  ])("that ended with reason %i tells it as its status", (finishReason, rawFinishReason, status) => {
    const told = response({ choices: [{ parts: [{ content: { case: "text", value: { text: "a" } } }], finishReason, rawFinishReason }] });
    expect(told).toMatchObject({ ...status, output: [{ status: status.status }] });
    if (!("native_finish_reason" in status)) expect(told).not.toHaveProperty("native_finish_reason");
  });
});
