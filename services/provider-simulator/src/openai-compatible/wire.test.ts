import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

interface Asked {
  readonly status: number;
  readonly body: any;
  /** Data of the events of a stream, without the mark of its end. */
  readonly events: any[];
}

describe("servers that are compatible with OpenAI", () => {
  let simulator: ProviderSimulator;

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  async function ask(
    provider: string,
    fields: object,
    headers: Record<string, string> = { authorization: "Bearer k" },
    path = "/chat/completions",
  ): Promise<Asked> {
    const body = JSON.stringify({ messages: [{ role: "user", content: "What is the weather?" }], ...fields });
    const response = await fetch(`${simulator.baseUrls[provider]}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    const text = await response.text();
    const data = text
      .split("\n\n")
      .flatMap((event) => (event.startsWith("data: {") ? [JSON.parse(event.slice(6))] : []));
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : undefined, events: data };
  }

  it("shows Mistral's thoughts in parts of the content and its usage unasked", async () => {
    const { body } = await ask("mistral", { model: "mistral-small-2603", reasoning_effort: "high" });
    expect(body.choices[0].message.content.map(({ type }: { type: string }) => type)).toEqual(["thinking", "text"]);
    const { events } = await ask("mistral", { model: "mistral-small-2603", stream: true });
    expect(events.at(-1)).toMatchObject({
      choices: [{ delta: {}, finish_reason: "stop" }],
      usage: { service_tier: "standard" },
    });
  });

  it.each([
    ["a wrong key", {}, { authorization: "" }, 401, { detail: "Invalid API key." }],
    [
      "a field that is not known",
      { stream_options: { include_usage: true } },
      undefined,
      422,
      { detail: [{ type: "extra_forbidden", loc: ["body", "stream_options"] }] },
    ],
    ["an unknown model", { model: "magic" }, undefined, 400, { object: "error", type: "invalid_model", code: "1500" }],
  ])("refuses %s as Mistral does", async (_what, fields, headers, status, expected) => {
    expect(await ask("mistral", { model: "mistral-small-2603", ...fields }, headers)).toMatchObject({
      status,
      body: expected,
    });
  });

  it("shows DeepSeek's thoughts beside the content, and counts what the cache hit and missed", async () => {
    const asked = {
      model: "deepseek-flash",
      thinking: { type: "enabled" },
      user: "u",
      messages: [{ role: "user", content: "word ".repeat(2_000) }],
    };
    const first = (await ask("deepseek", asked)).body;
    const second = (await ask("deepseek", asked)).body;
    expect(first.choices[0].message).toMatchObject({
      content: expect.any(String),
      reasoning_content: expect.any(String),
    });
    expect(first.usage).toMatchObject({ prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: 2503 });
    expect(second.usage).toMatchObject({ prompt_cache_hit_tokens: 2432, prompt_cache_miss_tokens: 71 });
  });

  it("tells xAI's errors in a text, and its thoughts on top of the completion", async () => {
    const refused = await ask("xai", { model: "grok-4.3" }, { authorization: "" });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("Incorrect API key"), code: expect.any(String) },
    });
    const { usage } = (await ask("xai", { model: "grok-4.3", reasoning_effort: "high" })).body;
    const reasoned = usage.completion_tokens_details.reasoning_tokens;
    expect(reasoned).toBeGreaterThan(0);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens + reasoned);
  });

  it("begins Azure's streams without a choice, finds its content filter's findings, and takes the key in a header of its own", async () => {
    const key = { "api-key": "k" };
    const { events } = await ask("azure", { model: "gpt-4o", stream: true }, key);
    expect(events[0]).toMatchObject({ id: "", choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
    expect(events[1]?.choices[0]).toMatchObject({ content_filter_results: { hate: { filtered: false } } });
    expect(await ask("azure", { model: "gpt-4o" })).toMatchObject({ status: 401, body: { error: { code: "401" } } });
    expect(await ask("azure", { model: "gpt-9" }, key)).toMatchObject({
      status: 404,
      body: { error: { code: "DeploymentNotFound" } },
    });
    const dated = await ask("azure", {}, key, "/../deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21");
    expect(dated.body).toMatchObject({ model: "gpt-4o-mini-2024-07-18" });
  });

  it("tells Groq's usage in a field of its own, and refuses what Groq does not take", async () => {
    const { events } = await ask("groq", { model: "openai/gpt-oss-20b", reasoning_effort: "low", stream: true });
    expect(events.at(-1)).toMatchObject({
      choices: [{ finish_reason: "stop" }],
      x_groq: { usage: { total_tokens: expect.any(Number) } },
    });
    expect(events.some((event) => typeof event.choices[0]?.delta.reasoning === "string")).toBe(true);
    for (const fields of [{ n: 2 }, { logprobs: true }, { messages: [{ role: "user", name: "ann", content: "x" }] }]) {
      expect(await ask("groq", { model: "openai/gpt-oss-20b", ...fields })).toMatchObject({
        status: 400,
        body: { error: { type: "invalid_request_error" } },
      });
    }
    expect(await ask("groq", { model: "openai/gpt-oss-20b", n: 1 })).toMatchObject({ status: 200 });
  });

  it("fails Groq's calls of tools with the text that was none", async () => {
    simulator.setModel("groq", "openai/gpt-oss-20b", { structuredOutput: "broken" });
    const tools = [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ];
    const { status, body } = await ask("groq", { model: "openai/gpt-oss-20b", tools, tool_choice: "required" });
    expect([status, body.error.code]).toEqual([400, "tool_use_failed"]);
    expect(body.error.failed_generation).toContain("city");
  });

  it("answers alike whole and streamed", async () => {
    const asked = { model: "deepseek-flash", reasoning_effort: "high" };
    const whole = (await ask("deepseek", asked)).body;
    const { events } = await ask("deepseek", { ...asked, stream: true });
    const joined = (field: string) => events.map((event) => event.choices[0]?.delta[field] ?? "").join("");
    expect([joined("reasoning_content"), joined("content")]).toEqual([
      whole.choices[0].message.reasoning_content,
      whole.choices[0].message.content,
    ]);
    expect(events.at(-1)?.usage).toEqual(whole.usage);
  });
});
