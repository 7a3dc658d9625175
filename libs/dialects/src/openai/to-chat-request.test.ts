import { toJson } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { CacheMode, Priority } from "@fairlead/contracts/routing/v1/request_context";
import type { ChatCall } from "../chat-call.ts";
import type { RoutingTerms } from "../routing-terms.ts";
import { parseChatBody } from "./chat-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

function convert(body: object, headers?: RoutingTerms): ChatCall {
  const parsed = parseChatBody(body);
  const call = parsed.kind === "ok" ? toChatRequest(parsed.value, headers) : parsed;
  if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
  return call.value;
}

const chatOf = (body: object) => toJson(ChatRequestSchema, convert({ model: "m", ...body }).chat);
const messagesOf = (...messages: object[]) => (chatOf({ messages }) as { messages: unknown }).messages;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a chat completion's body", () => {
  it("becomes a chat request with everything that it says", () => {
    const chat = chatOf({
      model: "openai/gpt-x",
      messages: [{ role: "user", content: "hi", name: "ann" }],
      tools: [
        {
          type: "function",
          function: { name: "f", description: "does f", parameters: { type: "object" }, strict: true },
        },
        { type: "function", function: { name: "g" } },
      ],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
      response_format: { type: "json_schema", json_schema: { name: "s", schema: { type: "object" }, strict: false } },
      max_tokens: 10,
      max_completion_tokens: 20,
      temperature: 0.5,
      top_p: 0.25,
      top_k: 4,
      frequency_penalty: -1,
      presence_penalty: 1,
      stop: "END",
      seed: -7,
      n: 2,
      user: "user-1",
      reasoning_effort: "low",
      logprobs: true,
      metadata: { a: "b" },
      service_tier: null,
    });
    expect(chat).toEqual({
      model: "openai/gpt-x",
      messages: [{ role: "ROLE_USER", parts: [{ text: { text: "hi" } }], name: "ann" }],
      tools: [{ name: "f", description: "does f", parametersJson: '{"type":"object"}', strict: true }, { name: "g" }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_NAMED", name: "f", parallel: false },
      responseFormat: { jsonSchema: { name: "s", schemaJson: '{"type":"object"}', strict: false } },
      maxOutputTokens: 20,
      temperature: 0.5,
      topP: 0.25,
      topK: 4,
      frequencyPenalty: -1,
      presencePenalty: 1,
      stopSequences: ["END"],
      seed: "-7",
      candidateCount: 2,
      endUser: "user-1",
      reasoning: { effort: "REASONING_EFFORT_LOW" },
      unknownFields: [
        { dialect: "openai.chat", name: "logprobs", value: true },
        { dialect: "openai.chat", name: "metadata", value: { a: "b" } },
      ],
    });
  });

  it("keeps every kind of content", () => {
    const content = [
      { type: "text", text: "look", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "image_url", image_url: { url: "https://x.org/a.png", detail: "high" } },
      { type: "image_url", image_url: { url: `data:image/png;base64,${base64("png")}` } },
      { type: "input_audio", input_audio: { data: base64("snd"), format: "mp3" } },
      { type: "file", file: { file_data: `data:application/pdf;base64,${base64("pdf")}`, filename: "a.pdf" } },
      { type: "file", file: { file_data: base64("raw") } },
      { type: "file", file: { file_id: "file-1" } },
    ];
    expect(messagesOf({ role: "user", content })).toEqual([
      {
        role: "ROLE_USER",
        parts: [
          { text: { text: "look" }, cacheMarker: { ttlSeconds: 3600 } },
          { image: { source: { url: "https://x.org/a.png" }, detail: "IMAGE_DETAIL_HIGH" } },
          { image: { source: { inline: base64("png"), mimeType: "image/png" } } },
          { audio: { source: { inline: base64("snd"), mimeType: "audio/mpeg" } } },
          { file: { source: { inline: base64("pdf"), mimeType: "application/pdf" }, filename: "a.pdf" } },
          { file: { source: { inline: base64("raw") } } },
          { file: { source: { fileId: "file-1", dialect: "openai.chat" } } },
        ],
      },
    ]);
  });

  it("keeps instructions, turns with calls, and their results", () => {
    const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
    const messages = messagesOf(
      { role: "system", content: "be brief" },
      {
        role: "developer",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      { role: "assistant", content: "", tool_calls: [call], refusal: null, annotations: [] },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "42" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "no" },
          { type: "refusal", refusal: "never" },
        ],
      },
      { role: "assistant", content: null, refusal: "never" },
    );
    expect(messages).toEqual([
      { role: "ROLE_SYSTEM", parts: [{ text: { text: "be brief" } }] },
      { role: "ROLE_DEVELOPER", parts: [{ text: { text: "a" } }, { text: { text: "b" } }] },
      { role: "ROLE_ASSISTANT", parts: [{ toolCall: { id: "c1", name: "f", argumentsJson: "{}" } }] },
      { role: "ROLE_TOOL", parts: [{ toolResult: { toolCallId: "c1", content: [{ text: { text: "42" } }] } }] },
      { role: "ROLE_ASSISTANT", parts: [{ text: { text: "no" } }, { refusal: { text: "never" } }] },
      { role: "ROLE_ASSISTANT", parts: [{ refusal: { text: "never" } }] },
    ]);
  });

  it("keeps reasoning with the provider that sealed it, and bare reasoning as nobody's", () => {
    const details = [
      { type: "reasoning.text", index: 0, text: "hm", signature: "fairlead:anthropic:Sig==" },
      { type: "reasoning.encrypted", index: 1, data: "fairlead:anthropic:Red==" },
    ];
    const messages = messagesOf(
      { role: "assistant", content: "a", reasoning_content: "hm", reasoning_details: details },
      { role: "assistant", content: "b", reasoning: "bare" },
    );
    expect(messages).toEqual([
      {
        role: "ROLE_ASSISTANT",
        parts: [
          { reasoning: { text: "hm", signature: base64("Sig=="), provider: "anthropic" } },
          { reasoning: { signature: base64("Red=="), provider: "anthropic", redacted: true } },
          { text: { text: "a" } },
        ],
      },
      { role: "ROLE_ASSISTANT", parts: [{ reasoning: { text: "bare" } }, { text: { text: "b" } }] },
    ]);
  });

  it("keeps tools, choices and calls that are no functions", () => {
    const custom = { type: "custom", custom: { name: "sql" } };
    const call = { id: "c1", type: "custom", custom: { name: "sql", input: "select 1" } };
    const choice = { type: "custom", custom: { name: "sql" } };
    const tools = [{ type: "function", function: { name: "f" } }, custom];
    const messages = [{ role: "assistant", audio: { id: "audio_1" }, tool_calls: [call, { id: "c2", function: { name: "f", arguments: "" }, index: 1, note: "n" }] }];
    expect(chatOf({ messages, tools, tool_choice: choice })).toEqual({
      model: "m",
      messages: [
        {
          role: "ROLE_ASSISTANT",
          parts: [
            { audio: { source: { fileId: "audio_1", dialect: "openai.chat" } }, extraFields: [{ dialect: "openai.chat", name: "id", value: "audio_1" }] },
            { foreign: { dialect: "openai.chat", value: call } },
            { toolCall: { id: "c2", name: "f" }, extraFields: [{ dialect: "openai.chat", name: "note", value: "n" }] },
          ],
        },
      ],
      tools: [{ name: "f" }],
      unknownFields: [
        { dialect: "openai.chat", name: "tools", value: tools },
        { dialect: "openai.chat", name: "tool_choice", value: choice },
      ],
    });
  });

  it("takes what Mistral's clients write otherwise", () => {
    const messages = [{ role: "user", content: [{ type: "image_url", image_url: "https://x.org/a.png" }] }];
    expect(chatOf({ messages, tool_choice: "any" })).toEqual({
      model: "m",
      messages: [{ role: "ROLE_USER", parts: [{ image: { source: { url: "https://x.org/a.png" } } }] }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_REQUIRED" },
    });
  });

  it("leaves out functions that the choice does not allow", () => {
    const tools = ["f", "g"].map((name) => ({ type: "function", function: { name } }));
    const allowed_tools = { mode: "auto", tools: [{ type: "function", function: { name: "g" } }] };
    expect(chatOf({ messages: [{ role: "user", content: "x" }], tools, tool_choice: { type: "allowed_tools", allowed_tools } })).toEqual({
      model: "m",
      messages: [{ role: "ROLE_USER", parts: [{ text: { text: "x" } }] }],
      tools: [{ name: "g" }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_AUTO" },
    });
  });

  it("translates the older function form and gives its calls ids", () => {
    const chat = chatOf({
      messages: [
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "1" },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "[]" } },
        { role: "function", name: "f", content: "2" },
      ],
      functions: [{ name: "f", parameters: {} }],
      function_call: { name: "f" },
    });
    const result = (id: string, text: string) => ({
      role: "ROLE_TOOL",
      parts: [{ toolResult: { toolCallId: id, name: "f", content: [{ text: { text } }] } }],
    });
    const call = (id: string, argumentsJson: string) => ({
      role: "ROLE_ASSISTANT",
      parts: [{ toolCall: { id, name: "f", argumentsJson } }],
    });
    expect(chat).toEqual({
      model: "m",
      messages: [
        call("function_call_0", "{}"),
        result("function_call_0", "1"),
        call("function_call_1", "[]"),
        result("function_call_1", "2"),
      ],
      tools: [{ name: "f", parametersJson: "{}" }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_NAMED", name: "f" },
    });
  });

  it("carries along what it has no word for, wherever it stands", () => {
    const tools = [{ type: "function", function: { name: "f" }, defer: true }];
    const video = { type: "video_url", video_url: { url: "https://x.org/v" } };
    const chat = chatOf({
      messages: [{ role: "user", content: [{ type: "text", text: "x", breakpoint: { mode: "explicit" } }, video], extra: 1 }],
      tools,
      reasoning_effort: "xhigh",
    });
    const breakpoint = { dialect: "openai.chat", name: "breakpoint", value: { mode: "explicit" } };
    expect(chat).toMatchObject({
      messages: [{ parts: [{ text: { text: "x" }, extraFields: [breakpoint] }, { foreign: { dialect: "openai.chat", value: video } }] }],
      reasoning: { effort: "REASONING_EFFORT_HIGH" },
      unknownFields: [
        { dialect: "openai.chat", name: "tools", value: tools },
        { dialect: "openai.chat", name: "reasoning_effort", value: "xhigh" },
        {
          dialect: "openai.chat.nested",
          name: "messages",
          value: { "[0].extra": 1 },
        },
      ],
    });
  });

  it("tells who asks and how to choose, the body before the headers", () => {
    const fairlead = {
      strategy: "weighted_composite",
      provider: "openai",
      excluded_providers: ["groq"],
      weights: { cost: 2, quality: 1 },
      max_cost_usd: "0.05",
      fallback_models: ["a", "b"],
      disable_fallback: true,
      min_quality: 0.5,
      max_latency_ms: 900,
      tenant: "acme",
      tags: ["x"],
      session_id: "s",
      conversation_id: "conv",
      priority: "interactive",
      cache: "refresh",
      cache_ttl_seconds: 5,
      timeout_ms: 100,
      strict: true,
      idempotency_key: "k",
    };
    const call = convert(
      {
        model: "m",
        messages: [{ role: "user", content: "x" }],
        stream: true,
        stream_options: { include_usage: true },
        fairlead,
      },
      { tenant: "other", user: "u", request_id: "r" },
    );
    expect(call).toMatchObject({ stream: true, includeUsage: true });
    expect(call.context).toEqual({
      $typeName: "fairlead.routing.v1.RequestContext",
      role: "",
      headers: {},
      requestId: "r",
      tenant: "acme",
      user: "u",
      project: "",
      tags: ["x"],
      sessionId: "s",
      priority: Priority.INTERACTIVE,
      idempotencyKey: "k",
      cacheMode: CacheMode.REFRESH,
      cacheTtlSeconds: 5,
      conversationId: "conv",
      timeoutMs: 100,
      strict: true,
    });
    expect(call.policy).toEqual({
      $typeName: "fairlead.routing.v1.RoutingPolicy",
      strategy: "weighted_composite",
      provider: "openai",
      excludedProviders: ["groq"],
      weights: { $typeName: "fairlead.routing.v1.CriteriaWeights", cost: 2, latency: 0, quality: 1, reliability: 0, load: 0 },
      balancing: "",
      maxCostNanoUsd: 50_000_000n,
      fallbackModels: ["a", "b"],
      disableFallback: true,
      minQuality: 0.5,
      maxLatencyMs: 900,
    });
  });

  it("reads a cost limit that is a number to the last digit", () => {
    const call = convert({ model: "m", messages: [{ role: "user", content: "x" }], fairlead: { max_cost_usd: 0.07 } });
    expect(call.policy.maxCostNanoUsd).toBe(70_000_000n);
  });
});
