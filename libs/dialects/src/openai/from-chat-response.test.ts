import { create, type MessageInitShape } from "@bufbuild/protobuf";
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
