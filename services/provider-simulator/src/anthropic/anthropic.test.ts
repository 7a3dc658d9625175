import Anthropic from "@anthropic-ai/sdk";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

const tools: Anthropic.Tool[] = [
  {
    name: "get_weather",
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
  { name: "refresh_board", input_schema: { type: "object", properties: {} } },
];

describe("the Anthropic wire", () => {
  let simulator: ProviderSimulator;
  let client: Anthropic;
  const hello = {
    model: "claude-haiku-4-5",
    max_tokens: 500,
    messages: [{ role: "user" as const, content: "Say hello." }],
  };

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
    client = new Anthropic({ apiKey: "any", baseURL: simulator.baseUrls.anthropic, maxRetries: 0 });
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  it("answers a message with the vendor's fields and headers", async () => {
    const { data, response } = await client.messages.create(hello).withResponse();
    expect(data).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5-20251001",
      stop_reason: "end_turn",
    });
    expect(data.content).toHaveLength(1);
    expect(data.usage).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    expect(response.headers.get("request-id")).toMatch(/^req_/);
    expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("3999");
  });

  it("streams the same message with cumulative usage", async () => {
    const whole = await client.messages.create(hello);
    const types = new Set<string>();
    const stream = client.messages.stream(hello);
    stream.on("streamEvent", (event) => types.add(event.type));
    const streamed = await stream.finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
    expect([...types]).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  it("sends a ping and ends the raw stream with message_stop", async () => {
    const response = await client.messages.create({ ...hello, stream: true }).asResponse();
    const text = await response.text();
    expect(text).toContain('event: ping\ndata: {"type": "ping"}\n\n');
    expect(text.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')).toBe(true);
  });

  it("calls a tool that the user names, streamed as well, and answers with text after the result", async () => {
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Please use get_weather for Oslo." }];
    const whole = await client.messages.create({ ...hello, messages, tools });
    expect(whole.stop_reason).toBe("tool_use");
    const [use] = whole.content as [Anthropic.ToolUseBlock];
    expect(use).toMatchObject({ type: "tool_use", name: "get_weather", input: { city: expect.any(String) } });
    const streamed = await client.messages.stream({ ...hello, messages, tools }).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    const result = { type: "tool_result" as const, tool_use_id: use.id, content: "rain" };
    messages.push({ role: "assistant", content: whole.content }, { role: "user", content: [result] });
    const after = await client.messages.create({ ...hello, messages, tools });
    expect(after.content[0]?.type).toBe("text");
  });

  it("calls several tools at once unless that is disabled", async () => {
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Run get_weather and refresh_board." }];
    const both = await client.messages.stream({ ...hello, messages, tools }).finalMessage();
    expect(both.content.map((block) => block.type === "tool_use" && block.name)).toEqual([
      "get_weather",
      "refresh_board",
    ]);
    expect(both.content[1]).toMatchObject({ input: {} });
    const single = await client.messages.create({
      ...hello,
      messages,
      tools,
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    expect(single.content).toHaveLength(1);
  });

  it("calls the tool that is forced", async () => {
    const forced = await client.messages.create({
      ...hello,
      tools,
      tool_choice: { type: "tool", name: "refresh_board" },
    });
    expect(forced.content).toMatchObject([{ type: "tool_use", name: "refresh_board", input: {} }]);
  });

  it("thinks first, with a signature, when thinking is enabled", async () => {
    const request = { ...hello, max_tokens: 2_000, thinking: { type: "enabled" as const, budget_tokens: 1_024 } };
    const whole = await client.messages.create(request);
    expect(whole.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    const streamed = await client.messages.stream(request).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect((whole.content[0] as Anthropic.ThinkingBlock).signature).not.toBe("");
  });

  it("writes a marked prefix to the cache first and reads it from there afterwards", async () => {
    const system = [
      { type: "text" as const, text: "Rules. ".repeat(1_000), cache_control: { type: "ephemeral" as const } },
    ];
    const first = await client.messages.create({ ...hello, system });
    const second = await client.messages.create({
      ...hello,
      system,
      messages: [{ role: "user", content: "Another question." }],
    });
    expect(first.usage).toMatchObject({ cache_creation_input_tokens: 1_750, cache_read_input_tokens: 0 });
    expect(first.usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 1_750, ephemeral_1h_input_tokens: 0 });
    expect(second.usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 1_750 });
    expect(second.usage.input_tokens).toBeLessThan(20);
  });

  it("stops at a stop sequence and at max_tokens", async () => {
    simulator.setModel("anthropic", "claude-haiku-4-5", { text: "one two three" });
    expect(await client.messages.create({ ...hello, stop_sequences: [" three"] })).toMatchObject({
      stop_reason: "stop_sequence",
      stop_sequence: " three",
      content: [{ text: "one two" }],
    });
    expect(await client.messages.create({ ...hello, max_tokens: 1 })).toMatchObject({
      stop_reason: "max_tokens",
      stop_sequence: null,
      content: [{ text: "one " }],
      usage: { output_tokens: 1 },
    });
  });

  it("answers with JSON that satisfies the schema of output_config", async () => {
    const schema = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    const answer = await client.messages.create({
      ...hello,
      output_config: { format: { type: "json_schema", schema } },
    });
    expect(JSON.parse((answer.content[0] as Anthropic.TextBlock).text)).toEqual({ ok: expect.any(Boolean) });
  });

  it("searches by itself where it is offered and spoken of, and cites what it found, streamed as well", async () => {
    const search = { ...hello, tools: [{ type: "web_search_20250305" as const, name: "web_search" as const }], messages: [{ role: "user" as const, content: "Search for ships." }] };
    const whole = await client.messages.create(search);
    expect(whole.content).toMatchObject([
      { type: "server_tool_use", name: "web_search", input: { query: "Search for ships." } },
      { type: "web_search_tool_result", content: [{ type: "web_search_result" }] },
      { type: "text", citations: [{ type: "web_search_result_location" }] },
    ]);
    expect(whole.usage.server_tool_use).toMatchObject({ web_search_requests: 1 });
    const streamed = await client.messages.stream(search).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage.server_tool_use).toEqual(whole.usage.server_tool_use);
  });

  it("counts the tokens that a message then uses", async () => {
    const { input_tokens: counted } = await client.messages.countTokens({
      model: hello.model,
      messages: hello.messages,
    });
    expect(counted).toBe((await client.messages.create(hello)).usage.input_tokens);
  });

  it("lists its models", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"]));
    expect(await client.models.retrieve("claude-haiku-4-5")).toMatchObject({ id: "claude-haiku-4-5", type: "model" });
  });

  it.each([
    ["an unknown model", { ...hello, model: "claude-0" }, 404, "not_found_error", "model: claude-0"],
    ["no max_tokens", { ...hello, max_tokens: undefined }, 400, "invalid_request_error", "max_tokens: Field required"],
    [
      "a system message",
      { ...hello, messages: [{ role: "system", content: "x" }] },
      400,
      "invalid_request_error",
      "Unexpected role",
    ],
    ["a text of white space", { ...hello, messages: [{ role: "user", content: [{ type: "text", text: " " }] }] }, 400, "invalid_request_error", "non-whitespace"],
    ["white space at the end of a prefill", { ...hello, messages: [...hello.messages, { role: "assistant", content: "So " }] }, 400, "invalid_request_error", "trailing whitespace"],
    [
      "the same tool use twice",
      { ...hello, messages: [...hello.messages, { role: "assistant", content: ["a", "a"].map((id) => ({ type: "tool_use", id, name: "f", input: {} })) }, { role: "user", content: [{ type: "tool_result", tool_use_id: "a" }] }] },
      400,
      "invalid_request_error",
      "unique",
    ],
    [
      "five cache markers",
      { ...hello, messages: [{ role: "user", content: [1, 2, 3, 4, 5].map((n) => ({ type: "text", text: `t${n}`, cache_control: { type: "ephemeral" } })) }] },
      400,
      "invalid_request_error",
      "A maximum of 4 blocks",
    ],
    ["a temperature of 2", { ...hello, temperature: 2 }, 400, "invalid_request_error", "temperature"],
    [
      "forced tools while thinking",
      {
        ...hello,
        tools,
        max_tokens: 2000,
        tool_choice: { type: "any" },
        thinking: { type: "enabled", budget_tokens: 1024 },
      },
      400,
      "invalid_request_error",
      "Thinking may not be enabled",
    ],
    [
      "thinking without a signature",
      {
        ...hello,
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: [{ type: "thinking", thinking: "b" }] },
        ],
      },
      400,
      "invalid_request_error",
      "signature",
    ],
    [
      "a tool use without its result",
      {
        ...hello,
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "n", input: {} }] },
          { role: "user", content: "b" },
        ],
      },
      400,
      "invalid_request_error",
      "tool_use",
    ],
    [
      "a prompt beyond the context",
      { ...hello, messages: [{ role: "user", content: "x".repeat(900_000) }] },
      400,
      "invalid_request_error",
      "prompt is too long",
    ],
  ])("refuses %s as the vendor does", async (_, request, status, type, text) => {
    const thrown = await client.messages.create(request as never).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ status, error: { type: "error", error: { type }, request_id: expect.any(String) } });
    expect(String((thrown as Error).message)).toContain(text);
  });

  it("refuses a missing key and a missing version", async () => {
    const url = `${simulator.baseUrls.anthropic}/v1/messages`;
    const keyless = await fetch(url, { method: "POST", body: "{}" });
    expect(keyless.status).toBe(401);
    expect(await keyless.json()).toMatchObject({ error: { type: "authentication_error" } });
    const versionless = await fetch(url, { method: "POST", body: "{}", headers: { "x-api-key": "any" } });
    expect(versionless.status).toBe(400);
  });
});
