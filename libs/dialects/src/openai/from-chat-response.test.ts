import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { fromChatResponse } from "./from-chat-response.ts";

const FACTS = { id: "req-1", created: 1_700_000_001, model: "" };
const bytes = (text: string) => new TextEncoder().encode(text);

type ChatInit = MessageInitShape<typeof GenerateResponseSchema>["chat"];
const completion = (chat: ChatInit) => fromChatResponse(create(GenerateResponseSchema, { chat }), FACTS);
const messageOf = (parts: unknown[]) =>
  completion({ choices: [{ parts: parts as [], finishReason: FinishReason.STOP }] } as ChatInit).choices[0]?.message;

describe("an answer as a chat completion", () => {
  it("tells everything that was said, used and decided", () => {
    const response = create(GenerateResponseSchema, {
      chat: {
        id: "chatcmpl-abc",
        model: "gpt-x-2026",
        createdUnixSeconds: 1_700_000_000n,
        choices: [
          {
            index: 0,
            parts: [{ content: { case: "text", value: { text: "Hello" } } }],
            finishReason: FinishReason.STOP,
            rawFinishReason: "stop",
          },
          {
            index: 1,
            parts: [{ content: { case: "text", value: { text: "Hi" } } }],
            finishReason: FinishReason.LENGTH,
            rawFinishReason: "max",
          },
        ],
        usage: {
          inputTokens: 10,
          cacheReadTokens: 20,
          cacheWriteTokens: 3,
          outputTokens: 5,
          reasoningTokens: 7,
          audioInputTokens: 1,
          audioOutputTokens: 2,
          imageInputTokens: 4,
          imageOutputTokens: 6,
        },
      },
      report: sampleReport,
    });
    expect(fromChatResponse(response, FACTS)).toEqual({
      id: "chatcmpl-abc",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "gpt-x-2026",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
        {
          index: 1,
          message: { role: "assistant", content: "Hi", refusal: null },
          logprobs: null,
          finish_reason: "length",
          native_finish_reason: "max",
        },
      ],
      usage: {
        prompt_tokens: 38,
        completion_tokens: 20,
        total_tokens: 58,
        prompt_tokens_details: { cached_tokens: 20, audio_tokens: 1, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 7, audio_tokens: 2 },
      },
      fairlead: sampleExtension,
    });
  });

  it("takes id, time and model from the facts where the provider gave none", () => {
    const answer = fromChatResponse(create(GenerateResponseSchema, { chat: {}, report: sampleReport }), FACTS);
    expect(answer).toMatchObject({ id: "chatcmpl-req-1", created: 1_700_000_001, model: "claude-x" });
    expect(completion({ id: "msg_1" }).id).toBe("chatcmpl-msg_1");
  });

  it("has no usage where none is known, and marks an estimate", () => {
    expect(completion({})).not.toHaveProperty("usage");
    expect(completion({ usage: { estimated: true } }).usage).toMatchObject({ estimated: true });
  });

  it("writes calls of tools, with an empty object for arguments that never came", () => {
    const parts = [
      { content: { case: "toolCall", value: { id: "c1", name: "f", argumentsJson: '{"a":1}' } } },
      { content: { case: "toolCall", value: { id: "c2", name: "g", signature: bytes("Sig==") } } },
    ];
    expect(messageOf(parts)).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [
        { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
        {
          id: "c2",
          type: "function",
          function: { name: "g", arguments: "{}" },
          extra_content: { google: { thought_signature: "Sig==" } },
        },
      ],
    });
  });

  it("writes reasoning, and its seal so that it can be handed back", () => {
    const parts = [
      { content: { case: "reasoning", value: { text: "hm", signature: bytes("Sig=="), provider: "anthropic" } } },
      { content: { case: "reasoning", value: { signature: bytes("Red=="), provider: "anthropic", redacted: true } } },
      { content: { case: "reasoning", value: { text: " so" } } },
      { content: { case: "text", value: { text: "42" } } },
    ];
    expect(messageOf(parts)).toEqual({
      role: "assistant",
      content: "42",
      refusal: null,
      reasoning_content: "hm so",
      reasoning_details: [
        { type: "reasoning.text", index: 0, text: "hm", signature: "fairlead:anthropic:Sig==" },
        { type: "reasoning.encrypted", index: 1, data: "fairlead:anthropic:Red==" },
      ],
    });
  });

  it("writes refusals, pictures and sound", () => {
    const inline = (text: string, mimeType: string) => ({ location: { case: "inline", value: bytes(text) }, mimeType });
    expect(messageOf([{ content: { case: "refusal", value: { text: "no" } } }])).toEqual({
      role: "assistant",
      content: null,
      refusal: "no",
    });
    expect(
      messageOf([
        { content: { case: "image", value: { source: inline("png", "image/png") } } },
        { content: { case: "audio", value: { source: inline("snd", "audio/wav"), transcript: "la" } } },
      ]),
    ).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      images: [{ type: "image_url", image_url: { url: "data:image/png;base64,cG5n" } }],
      audio: { id: "audio_chatcmpl-req-1", data: "c25k", transcript: "la", expires_at: 0 },
    });
  });

  it("writes reasoning without a seal so that it goes back to who made it, and where it is kept", () => {
    const parts = [
      { content: { case: "reasoning", value: { text: "hm", provider: "deepseek" } } },
      { content: { case: "reasoning", value: { text: "so", signature: bytes("gAAA"), provider: "openai", deployment: "eu", id: "rs_1" } } },
    ];
    expect(messageOf(parts)?.reasoning_details).toEqual([
      { type: "reasoning.text", index: 0, text: "hm", signature: "fairlead:deepseek:" },
      { type: "reasoning.text", index: 1, text: "so", signature: "fairlead:openai@eu#rs_1:gAAA" },
    ]);
  });

  it("puts back what only this dialect has, where it belongs, and says what it leaves out", () => {
    const field = (name: string, value: JsonValue, dialect = "openai.chat") => ({ dialect, name, value: fromJson(ValueSchema, value) });
    const call = { id: "c2", type: "custom", custom: { name: "sql", input: "select 1" } };
    const foreign = (dialect: string, value: JsonValue) => ({ content: { case: "foreign" as const, value: { dialect, value: fromJson(ValueSchema, value) } } });
    const logprobs = { content: [{ token: "a", logprob: -1 }] };
    const annotations = [{ type: "url_citation" }];
    const response = create(GenerateResponseSchema, {
      chat: {
        extraFields: [field("system_fingerprint", "fp_1"), field("service_tier", "default"), field("id", "other"), field("usage", {}, "openai.responses")],
        choices: [
          {
            parts: [
              { content: { case: "text", value: { text: "a" } }, extraFields: [field("citations", [], "anthropic.messages")] },
              { content: { case: "toolCall", value: { id: "c1", name: "f" } }, extraFields: [field("note", "n")] },
              foreign("openai.chat", call),
              foreign("anthropic.messages", { type: "server_tool_use" }),
              { content: { case: "audio", value: { source: { location: { case: "inline", value: bytes("snd") } } } }, extraFields: [field("id", "audio_1")] },
            ],
            extraFields: [field("logprobs", logprobs), field("message.annotations", annotations)],
          },
        ],
      },
      report: sampleReport,
    });
    const answer = fromChatResponse(response, FACTS);
    expect(answer).toMatchObject({
      id: "chatcmpl-req-1",
      system_fingerprint: "fp_1",
      service_tier: "default",
      choices: [
        {
          logprobs,
          message: {
            annotations,
            tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" }, note: "n" }, call],
            audio: { id: "audio_1", data: "c25k" },
          },
        },
      ],
    });
    expect(answer.fairlead?.adaptations.slice(1).map(({ field: path, kind }) => `${kind} ${path}`)).toEqual([
      "dropped extra_fields.usage",
      "dropped choices[0].parts[0].extra_fields.citations",
      "dropped choices[0].parts[3].foreign",
    ]);
  });

  it("has an empty content when the model said nothing at all", () => {
    expect(messageOf([])).toEqual({ role: "assistant", content: "", refusal: null });
  });

  it.each([
    [FinishReason.UNSPECIFIED, "stop"],
    [FinishReason.STOP, "stop"],
    [FinishReason.LENGTH, "length"],
    [FinishReason.TOOL_CALLS, "tool_calls"],
    [FinishReason.CONTENT_FILTER, "content_filter"],
    [FinishReason.PAUSE, "stop"],
    [FinishReason.STOP_SEQUENCE, "stop"],
    [FinishReason.OTHER, "stop"],
    [99 as FinishReason, "stop"],
  ])("calls finish reason %i %s and keeps the provider's word", (finishReason, word) => {
    const [choice] = completion({ choices: [{ finishReason, rawFinishReason: "its_word" }] }).choices;
    expect(choice).toMatchObject({ finish_reason: word, native_finish_reason: "its_word" });
  });
});
