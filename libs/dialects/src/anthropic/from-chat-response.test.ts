import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { fromChatResponse } from "./from-chat-response.ts";

const FACTS = { id: "req-1", model: "asked" };
const bytes = (text: string) => new TextEncoder().encode(text);
const message = (chat: MessageInitShape<typeof GenerateResponseSchema>["chat"]) =>
  fromChatResponse(create(GenerateResponseSchema, { chat }), FACTS);

describe("an answer as a message", () => {
  it("tells everything that was said, used and decided", () => {
    const response = create(GenerateResponseSchema, {
      chat: {
        id: "msg_abc",
        model: "claude-x-2026",
        choices: [
          {
            parts: [
              {
                content: { case: "reasoning", value: { text: "hm", signature: bytes("Sig=="), provider: "anthropic" } },
              },
              {
                content: {
                  case: "reasoning",
                  value: { redacted: true, signature: bytes("Red=="), provider: "anthropic" },
                },
              },
              { content: { case: "reasoning", value: { text: "theirs", signature: bytes("S"), provider: "google" } } },
              { content: { case: "text", value: { text: "so" } } },
              { content: { case: "toolCall", value: { id: "t1", name: "f", argumentsJson: '{"a":1}' } } },
              { content: { case: "toolCall", value: { id: "t2", name: "g" } } },
              { content: { case: "toolCall", value: { id: "t3", name: "h", argumentsJson: '{"a":' } } },
            ],
            finishReason: FinishReason.TOOL_CALLS,
          },
        ],
        usage: { inputTokens: 10, cacheReadTokens: 20, cacheWriteTokens: 3, outputTokens: 5, reasoningTokens: 7 },
      },
      report: sampleReport,
    });
    expect(fromChatResponse(response, FACTS)).toEqual({
      id: "msg_abc",
      type: "message",
      role: "assistant",
      model: "claude-x-2026",
      content: [
        { type: "thinking", thinking: "hm", signature: "Sig==" },
        { type: "redacted_thinking", data: "Red==" },
        { type: "thinking", thinking: "theirs", signature: "fairlead:google:S" },
        { type: "text", text: "so" },
        { type: "tool_use", id: "t1", name: "f", input: { a: 1 } },
        { type: "tool_use", id: "t2", name: "g", input: {} },
        { type: "tool_use", id: "t3", name: "h", input: { invalid_json: '{"a":' } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 10, cache_creation_input_tokens: 3, cache_read_input_tokens: 20, output_tokens: 12 },
      fairlead: sampleExtension,
    });
  });

  it("takes id and model from the facts where the provider gave none", () => {
    expect(message({})).toMatchObject({ id: "msg_req-1", model: "asked", content: [], stop_reason: "end_turn" });
    expect(message({ id: "chatcmpl-1" }).id).toBe("msg_chatcmpl-1");
  });

  it("tells what only Anthropic says, where it says it", () => {
    const field = (name: string, value: JsonValue, dialect = "anthropic.messages") => ({ dialect, name, value: fromJson(ValueSchema, value) });
    const block = { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } };
    const foreign = (dialect: string) => ({ content: { case: "foreign" as const, value: { dialect, value: fromJson(ValueSchema, block) } } });
    const said = message({
      choices: [
        {
          parts: [
            foreign("anthropic.messages"),
            foreign("openai.responses"),
            { content: { case: "text", value: { text: "so" } }, extraFields: [field("citations", [{ url: "u" }]), field("type", "x"), field("odd", 1, "openai.chat")] },
            { content: { case: "toolCall", value: { id: "t1", name: "f" } }, extraFields: [field("caller", { type: "direct" })] },
          ],
          finishReason: FinishReason.STOP_SEQUENCE,
          extraFields: [field("logprobs", [], "openai.chat")],
        },
      ],
      usage: { inputTokens: 1 },
      extraFields: [
        field("stop_sequence", "END"),
        field("container", { id: "c" }),
        field("usage.service_tier", "standard"),
        field("usage.input_tokens", 99),
        field("id", "other"),
        field("system_fingerprint", "fp", "openai.chat"),
      ],
    });
    expect(said).toEqual({
      id: "msg_req-1",
      type: "message",
      role: "assistant",
      model: "asked",
      content: [
        block,
        { type: "text", text: "so", citations: [{ url: "u" }] },
        { type: "tool_use", id: "t1", name: "f", input: {}, caller: { type: "direct" } },
      ],
      stop_reason: "stop_sequence",
      stop_sequence: "END",
      container: { id: "c" },
      usage: { input_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0, service_tier: "standard" },
    });
  });

  it("tells among the adaptations what it had to leave out", () => {
    const value = fromJson(ValueSchema, { type: "web_search_call" });
    const parts = [{ content: { case: "foreign" as const, value: { dialect: "openai.responses", value } } }];
    const response = create(GenerateResponseSchema, { chat: { choices: [{ parts }] }, report: sampleReport });
    expect(fromChatResponse(response, FACTS).fairlead?.adaptations).toEqual([
      ...sampleExtension.adaptations,
      { field: "choices[0].parts[0].foreign", kind: "dropped", detail: "The answer holds a block that only openai.responses has." },
    ]);
  });

  it("calls a refusal in words a refusal", () => {
    const parts = [{ content: { case: "refusal" as const, value: { text: "no" } } }];
    const refused = message({ choices: [{ parts, finishReason: FinishReason.STOP }] });
    expect(refused).toMatchObject({ content: [{ type: "text", text: "no" }], stop_reason: "refusal" });
  });

  it.each([
    [FinishReason.UNSPECIFIED, "", "end_turn"],
    [FinishReason.STOP, "end_turn", "end_turn"],
    [FinishReason.LENGTH, "length", "max_tokens"],
    [FinishReason.LENGTH, "model_context_window_exceeded", "model_context_window_exceeded"],
    [FinishReason.TOOL_CALLS, "", "tool_use"],
    [FinishReason.CONTENT_FILTER, "SAFETY", "refusal"],
    [FinishReason.PAUSE, "pause_turn", "pause_turn"],
    [FinishReason.STOP_SEQUENCE, "", "stop_sequence"],
    [FinishReason.OTHER, "odd", "end_turn"],
    [99 as FinishReason, "", "end_turn"],
  ])("calls finish reason %i (%s) %s", (finishReason, rawFinishReason, word) => {
    expect(message({ choices: [{ finishReason, rawFinishReason }] }).stop_reason).toBe(word);
  });
});
