import { toJson } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCall } from "../chat-call.ts";
import { parseMessagesBody } from "./messages-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

function convert(body: object, betas: readonly string[] = []): ChatCall {
  const parsed = parseMessagesBody({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }], ...body });
  const call = parsed.kind === "ok" ? toChatRequest(parsed.value, { tenant: "acme" }, betas) : parsed;
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
    ];
    expect(messagesOf({ messages: [{ role: "user", content }] })).toEqual([
      {
        role: "ROLE_USER",
        parts: [
          { image: { source: { inline: base64("png"), mimeType: "image/png" } } },
          { image: { source: { url: "https://x.org/a.png" } } },
          { file: { source: { inline: base64("pdf"), mimeType: "application/pdf" }, filename: "a.pdf" } },
          { file: { source: { inline: base64("plain"), mimeType: "text/plain" } } },
        ],
      },
    ]);
  });

  it("keeps thinking with its signature before the call that it led to", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "Sig==" },
      { type: "redacted_thinking", data: "Red==" },
      { type: "thinking", thinking: "theirs", signature: "fairlead:google:Sig==" },
      { type: "thinking", thinking: "", signature: "fairlead:openai@east#rs_1:Enc==" },
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
          { reasoning: { signature: base64("Enc=="), provider: "openai", deployment: "east", id: "rs_1" } },
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
    [{ type: "enabled", budget_tokens: 9, display: "summarized" }, { budgetTokens: 9, includeText: true }, []],
    [
      { type: "enabled", budget_tokens: 9, display: "folded" },
      { budgetTokens: 9, includeText: true },
      [{ dialect: "anthropic.messages", name: "thinking", value: { type: "enabled", budget_tokens: 9, display: "folded" } }],
    ],
  ])("reads thinking %j", (thinking, reasoning, unknownFields) => {
    const { reasoning: read, unknownFields: kept = [] } = chatOf({ thinking }) as {
      reasoning: unknown;
      unknownFields?: unknown[];
    };
    expect({ reasoning: read, unknownFields: kept }).toEqual({ reasoning, unknownFields });
  });

  it.each([
    ["a tool that Anthropic runs", { tools: [{ type: "web_search_20250305", name: "web_search" }, { name: "f", input_schema: {} }] }, "tools"],
    ["tools of a server", { tools: [{ type: "mcp_toolset", mcp_server_name: "s" }] }, "tools"],
    ["what a tool says beyond its schema", { tools: [{ name: "f", input_schema: {}, eager_input_streaming: true }] }, "tools"],
    ["how long a tool is cached", { tools: [{ name: "f", input_schema: {}, cache_control: { type: "ephemeral", scope: "global" } }] }, "tools"],
    ["a container", { container: { id: "c", skills: [{ type: "anthropic", skill_id: "pptx" }] } }, "container"],
    ["what happens to a long context", { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }, "context_management"],
    ["servers of tools", { mcp_servers: [{ type: "url", url: "https://x.org", name: "s" }] }, "mcp_servers"],
    ["a cache marker for all", { cache_control: { type: "ephemeral" } }, "cache_control"],
    ["an effort beyond the known ones", { output_config: { effort: "max" } }, "output_config"],
    ["an effort without thinking", { thinking: { type: "disabled" }, output_config: { effort: "low" } }, "output_config"],
    ["a budget for a task", { output_config: { task_budget: { type: "tokens", total: 9 } } }, "output_config"],
    ["a choice of tools with more to it", { tool_choice: { type: "auto", mood: "bold" } }, "tool_choice"],
    ["more about who asks", { metadata: { user_id: "u", session: "s" } }, "metadata"],
  ])("keeps %s for Anthropic", (_, body, name) => {
    expect(chatOf(body)).toMatchObject({ unknownFields: [{ dialect: "anthropic.messages", name, value: body[name as keyof typeof body] }] });
  });

  it("keeps features that are named in a header beside those of the body", () => {
    const kept = (body: object, betas: readonly string[]) => (toJson(ChatRequestSchema, convert(body, betas).chat) as { unknownFields?: unknown }).unknownFields;
    expect(kept({}, ["a-1", "b-2"])).toEqual([{ dialect: "anthropic.messages", name: "betas", value: ["a-1", "b-2"] }]);
    expect(kept({ betas: ["c-3"] }, ["a-1"])).toEqual([{ dialect: "anthropic.messages", name: "betas", value: ["c-3", "a-1"] }]);
    expect(kept({}, [])).toBeUndefined();
  });

  const foreign = (value: object) => ({ foreign: { dialect: "anthropic.messages", value } });
  const own = (name: string, value: unknown) => ({ dialect: "anthropic.messages", name, value });

  it.each([
    { type: "container_upload", file_id: "f" },
    { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "x" }] },
    { type: "image", source: { type: "file", file_id: "f" } },
    { type: "document", source: { type: "file", file_id: "f" }, title: "t", citations: { enabled: true } },
    { type: "document", source: { type: "content", content: [{ type: "text", text: "x" }] } },
    { type: "image", source: { type: "url", url: "https://x.org/a.png", headers: { a: "b" } } },
    { type: "something_new", cache_control: { type: "ephemeral" } },
  ])("keeps a block that nobody else has in its place: %j", (block) => {
    const said = { type: "text", text: "x" };
    const results = { type: "tool_result", tool_use_id: "t", content: [block, said] };
    expect(messagesOf({ messages: [{ role: "user", content: [said, block, results] }] })).toEqual([
      { role: "ROLE_USER", parts: [{ text: { text: "x" } }, foreign(block)] },
      { role: "ROLE_TOOL", parts: [{ toolResult: { toolCallId: "t", content: [foreign(block), { text: { text: "x" } }] } }] },
    ]);
  });

  it("keeps what the provider's own tools did in the turn that they did it in", () => {
    const call = { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" }, caller: { type: "direct" } };
    const found = { type: "web_search_tool_result", tool_use_id: "s1", content: [{ type: "web_search_result", encrypted_content: "E" }] };
    const cited = { type: "text", text: "so", citations: [{ type: "web_search_result_location", url: "u" }] };
    expect(messagesOf({ messages: [{ role: "assistant", content: [call, found, cited] }, { role: "user", content: "on" }] })).toEqual([
      { role: "ROLE_ASSISTANT", parts: [foreign(call), foreign(found), { text: { text: "so" }, extraFields: [own("citations", cited.citations)] }] },
      { role: "ROLE_USER", parts: [{ text: { text: "on" } }] },
    ]);
  });

  it("keeps with a part what its block says beyond what is known", () => {
    const content = [
      { type: "document", source: { type: "text", media_type: "text/plain", data: "d" }, context: "c", citations: { enabled: true } },
      { type: "tool_result", tool_use_id: "t", content: "r", mood: null, tags: [] },
      { type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "1h", scope: "global" } },
    ];
    const calls = [{ type: "tool_use", id: "t", name: "f", input: {}, caller: { type: "direct" } }];
    const system = [{ type: "text", text: "s", citations: [{ a: 1 }] }];
    expect(messagesOf({ system, messages: [{ role: "assistant", content: calls }, { role: "user", content }] })).toEqual([
      { role: "ROLE_SYSTEM", parts: [{ text: { text: "s" }, extraFields: [own("citations", [{ a: 1 }])] }] },
      { role: "ROLE_ASSISTANT", parts: [{ toolCall: { id: "t", name: "f", argumentsJson: "{}" }, extraFields: [own("caller", { type: "direct" })] }] },
      {
        role: "ROLE_USER",
        parts: [
          {
            file: { source: { inline: base64("d"), mimeType: "text/plain" } },
            extraFields: [own("context", "c"), own("citations", { enabled: true })],
          },
        ],
      },
      { role: "ROLE_TOOL", parts: [{ toolResult: { toolCallId: "t", content: [{ text: { text: "r" } }] } }] },
      { role: "ROLE_USER", parts: [{ text: { text: "x" }, extraFields: [own("cache_control", { type: "ephemeral", ttl: "1h", scope: "global" })] }] },
    ]);
  });

  it("refuses what is nested too deep to be carried, and says where", () => {
    const deep = JSON.parse("[".repeat(40) + "]".repeat(40)) as unknown;
    const refusals = (body: object) => {
      const parsed = parseMessagesBody({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }], ...body });
      const call = parsed.kind === "ok" ? toChatRequest(parsed.value) : parsed;
      return call.kind === "ok" ? [] : call.violations.map(({ field }) => field);
    };
    expect(refusals({ messages: [{ role: "user", content: [{ type: "new", deep }] }] })).toEqual(["messages[0].content[0]"]);
    expect(refusals({ messages: [{ role: "user", content: [{ type: "text", text: "x", deep }] }] })).toEqual(["messages[0].content[0].deep"]);
    expect(refusals({ system: [{ type: "text", text: "x", deep }] })).toEqual(["system[0].deep"]);
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
