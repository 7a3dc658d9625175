import { toJson } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCall } from "../chat-call.ts";
import { parseMessagesBody } from "./messages-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

function convert(body: object): ChatCall {
  const parsed = parseMessagesBody({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }], ...body });
  const call = parsed.kind === "ok" ? toChatRequest(parsed.value, { tenant: "acme" }) : parsed;
  if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
  return call.value;
}

const chatOf = (body: object) => toJson(ChatRequestSchema, convert(body).chat);
const messagesOf = (body: object) => (chatOf(body) as { messages: unknown }).messages;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const HI = { role: "ROLE_USER", parts: [{ text: { text: "hi" } }] };

describe("a Messages body", () => {
  it("becomes a chat request with everything that it says", () => {
    const chat = chatOf({
      model: "claude-x",
      max_tokens: 100,
      system: "be brief",
      tools: [
        { name: "f", description: "does f", input_schema: { type: "object" }, cache_control: { type: "ephemeral" } },
      ],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      thinking: { type: "enabled", budget_tokens: 2048 },
      metadata: { user_id: "user-1" },
      stop_sequences: ["END"],
      temperature: 0.5,
      top_p: 0.25,
      top_k: 4,
      output_config: { format: { type: "json_schema", schema: { type: "object" } }, effort: "low" },
      service_tier: "auto",
    });
    expect(chat).toEqual({
      model: "claude-x",
      messages: [{ role: "ROLE_SYSTEM", parts: [{ text: { text: "be brief" } }] }, HI],
      tools: [{ name: "f", description: "does f", parametersJson: '{"type":"object"}', cacheMarker: {} }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_REQUIRED", parallel: false },
      reasoning: { effort: "REASONING_EFFORT_LOW", budgetTokens: 2048, includeText: true },
      maxOutputTokens: 100,
      endUser: "user-1",
      stopSequences: ["END"],
      temperature: 0.5,
      topP: 0.25,
      topK: 4,
      responseFormat: { jsonSchema: { name: "answer", schemaJson: '{"type":"object"}' } },
      unknownFields: [{ dialect: "anthropic.messages", name: "service_tier", value: "auto" }],
    });
  });

  it("keeps the boundaries and cache markers of its system text", () => {
    const system = [
      { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "b", cache_control: { type: "ephemeral" } },
      { type: "text", text: "c" },
    ];
    const parts = [
      { text: { text: "a" }, cacheMarker: { ttlSeconds: 3600 } },
      { text: { text: "b" }, cacheMarker: {} },
      { text: { text: "c" } },
    ];
    expect(messagesOf({ system })).toEqual([{ role: "ROLE_SYSTEM", parts }, HI]);
  });

  it("keeps every kind of content", () => {
    const content = [
      { type: "image", source: { type: "base64", media_type: "image/png", data: base64("png") } },
      { type: "image", source: { type: "url", url: "https://x.org/a.png" } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: base64("pdf") },
        title: "a.pdf",
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" } },
      { type: "document", source: { type: "file", file_id: "file-1" } },
    ];
    expect(messagesOf({ messages: [{ role: "user", content }] })).toEqual([
      {
        role: "ROLE_USER",
        parts: [
          { image: { source: { inline: base64("png"), mimeType: "image/png" } } },
          { image: { source: { url: "https://x.org/a.png" } } },
          { file: { source: { inline: base64("pdf"), mimeType: "application/pdf" }, filename: "a.pdf" } },
          { file: { source: { inline: base64("plain"), mimeType: "text/plain" } } },
          { file: { source: { fileId: "file-1" } } },
        ],
      },
    ]);
  });

  it("keeps thinking with its signature before the call that it led to", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "Sig==" },
      { type: "redacted_thinking", data: "Red==" },
      { type: "thinking", thinking: "theirs", signature: "fairlead:google:Sig==" },
      { type: "thinking", thinking: "bare" },
      { type: "text", text: "so" },
      { type: "tool_use", id: "t1", name: "f", input: { a: 1 } },
    ];
    expect(messagesOf({ messages: [{ role: "assistant", content }] })).toEqual([
      {
        role: "ROLE_ASSISTANT",
        parts: [
          { reasoning: { text: "hm", signature: base64("Sig=="), provider: "anthropic" } },
          { reasoning: { signature: base64("Red=="), provider: "anthropic", redacted: true } },
          { reasoning: { text: "theirs", signature: base64("Sig=="), provider: "google" } },
          { reasoning: { text: "bare" } },
          { text: { text: "so" } },
          { toolCall: { id: "t1", name: "f", argumentsJson: '{"a":1}' } },
        ],
      },
    ]);
  });

  it("gives each tool result a turn of its own and keeps the order of words around them", () => {
    const content = [
      { type: "tool_result", tool_use_id: "t1", content: "42" },
      {
        type: "tool_result",
        tool_use_id: "t2",
        content: [{ type: "text", text: "no" }],
        is_error: true,
        cache_control: { type: "ephemeral" },
      },
      { type: "tool_result", tool_use_id: "t3" },
      { type: "text", text: "go on" },
    ];
    const result = (value: object, fields: object = {}) => ({
      role: "ROLE_TOOL",
      parts: [{ toolResult: value, ...fields }],
    });
    expect(messagesOf({ messages: [{ role: "user", content }] })).toEqual([
      result({ toolCallId: "t1", content: [{ text: { text: "42" } }] }),
      result({ toolCallId: "t2", content: [{ text: { text: "no" } }], isError: true }, { cacheMarker: {} }),
      result({ toolCallId: "t3" }),
      { role: "ROLE_USER", parts: [{ text: { text: "go on" } }] },
    ]);
  });

  it.each([
    [{ type: "auto" }, { mode: "TOOL_CHOICE_MODE_AUTO" }],
    [
      { type: "any", disable_parallel_tool_use: false },
      { mode: "TOOL_CHOICE_MODE_REQUIRED", parallel: true },
    ],
    [
      { type: "tool", name: "f", disable_parallel_tool_use: true },
      { mode: "TOOL_CHOICE_MODE_NAMED", name: "f", parallel: false },
    ],
    [{ type: "none" }, { mode: "TOOL_CHOICE_MODE_NONE" }],
  ])("reads tool choice %j", (tool_choice, toolChoice) => {
    expect(chatOf({ tool_choice })).toMatchObject({ toolChoice });
  });

  it.each([
    [{ type: "disabled" }, { effort: "REASONING_EFFORT_NONE" }, []],
    [
      { type: "adaptive" },
      { includeText: true },
      [{ dialect: "anthropic.messages", name: "thinking", value: { type: "adaptive" } }],
    ],
    [{ type: "enabled", budget_tokens: 9, display: "omitted" }, { budgetTokens: 9 }, []],
  ])("reads thinking %j", (thinking, reasoning, unknownFields) => {
    const { reasoning: read, unknownFields: kept = [] } = chatOf({ thinking }) as {
      reasoning: unknown;
      unknownFields?: unknown[];
    };
    expect({ reasoning: read, unknownFields: kept }).toEqual({ reasoning, unknownFields });
  });

  it("carries along what it has no word for, wherever it stands", () => {
    const tools = [
      { type: "web_search_20250305", name: "web_search" },
      { name: "f", input_schema: {} },
    ];
    const chat = chatOf({
      tools,
      messages: [
        {
          role: "user",
          content: [
            { type: "container_upload", file_id: "f" },
            { type: "text", text: "x", citations: [{ a: 1 }] },
          ],
        },
        { role: "system", content: [{ type: "tool_addition", tool: {} }] },
      ],
    });
    expect(chat).toMatchObject({
      messages: [{ role: "ROLE_USER", parts: [{ text: { text: "x" } }] }],
      tools: [{ name: "f" }],
      unknownFields: [
        { dialect: "anthropic.messages", name: "tools", value: tools },
        {
          dialect: "anthropic.messages.nested",
          name: "messages",
          value: {
            "[0].content[0]": { type: "container_upload", file_id: "f" },
            "[0].content[1].citations": [{ a: 1 }],
            "[1].content[0]": { type: "tool_addition", tool: {} },
          },
        },
      ],
    });
  });

  it("tells who asks and how to choose", () => {
    const call = convert({ stream: true, fairlead: { strategy: "cost", max_cost_usd: 0.01 } });
    expect(call).toMatchObject({
      stream: true,
      includeUsage: true,
      context: { tenant: "acme" },
      policy: { strategy: "cost", maxCostNanoUsd: 10_000_000n },
    });
  });
});
