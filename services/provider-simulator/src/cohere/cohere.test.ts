import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

const tools = [
  { type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } },
  { type: "function", function: { name: "refresh_board", parameters: { type: "object", properties: {} } } },
];
const hello = { model: "command-a-03-2025", messages: [{ role: "user", content: "Say hello." }] };

describe("the Cohere wire", () => {
  let simulator: ProviderSimulator;

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  async function post(path: string, body: object, key = "k") {
    const headers = { "content-type": "application/json", ...(key === "" ? {} : { authorization: `Bearer ${key}` }) };
    const response = await fetch(`${simulator.baseUrls["cohere"]}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  }
  const ask = async (body: object) => JSON.parse((await post("/v2/chat", body)).text);
  const events = async (body: object) => {
    const { text } = await post("/v2/chat", { ...body, stream: true });
    const data = text.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
    expect(data.pop()).toBe("[DONE]");
    return data.map((line) => JSON.parse(line));
  };

  it("answers with the vendor's fields, billed without its own preamble", async () => {
    const answer = await ask(hello);
    expect(answer).toMatchObject({ message: { role: "assistant", content: [{ type: "text" }] }, finish_reason: "COMPLETE", usage: { billed_units: { input_tokens: 6 }, tokens: { input_tokens: 502 }, cached_tokens: 448 } });
    expect(answer.message).not.toHaveProperty("tool_plan");
  });

  it("streams the same answer", async () => {
    const whole = await ask(hello);
    const told = await events(hello);
    expect([...new Set(told.map(({ type }) => type))]).toEqual(["message-start", "content-start", "content-delta", "content-end", "message-end"]);
    expect(told.map(({ delta }) => delta?.message?.content?.text ?? "").join("")).toBe(whole.message.content[0].text);
    expect(told.at(-1).delta).toEqual({ finish_reason: "COMPLETE", usage: whole.usage });
  });

  it("plans and calls tools, one without arguments without deltas, and its streamed calls are objects", async () => {
    const body = { ...hello, messages: [{ role: "user", content: "Run get_weather and refresh_board." }], tools };
    const whole = await ask(body);
    expect(whole).toMatchObject({ finish_reason: "TOOL_CALL", message: { tool_plan: "I will use get_weather and refresh_board.", tool_calls: [{ function: { name: "get_weather" } }, { function: { name: "refresh_board", arguments: "{}" } }] } });
    const told = await events(body);
    const calls = told.filter(({ type }) => type === "tool-call-start");
    expect(calls.map(({ index, delta }) => [index, delta.message.tool_calls.id])).toEqual(whole.message.tool_calls.map(({ id }: { id: string }, index: number) => [index, id]));
    const fragments = told.filter(({ type, index }) => type === "tool-call-delta" && index === 0).map(({ delta }) => delta.message.tool_calls.function.arguments);
    expect(fragments.join("")).toBe(whole.message.tool_calls[0].function.arguments);
    expect(told.filter(({ type, index }) => type === "tool-call-delta" && index === 1)).toEqual([]);
    expect(told.map(({ delta }) => delta?.message?.tool_plan ?? "").join("")).toBe(whole.message.tool_plan);
  });

  it("thinks unless it is told not to, where the model can", async () => {
    const body = { ...hello, model: "command-a-reasoning-08-2025" };
    expect((await ask(body)).message.content.map(({ type }: { type: string }) => type)).toEqual(["thinking", "text"]);
    expect((await ask({ ...body, thinking: { type: "disabled" } })).message.content).toHaveLength(1);
  });

  it("follows a schema", async () => {
    const json_schema = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    const answer = await ask({ ...hello, response_format: { type: "json_object", json_schema } });
    expect(JSON.parse(answer.message.content[0].text)).toEqual({ ok: expect.any(Boolean) });
  });

  it("makes vectors, and lists its models", async () => {
    const { text } = await post("/v2/embed", { model: "embed-v4.0", texts: ["a", "b"], input_type: "search_query", embedding_types: ["float"], output_dimension: 256 });
    expect(JSON.parse(text).embeddings.float.map((vector: number[]) => vector.length)).toEqual([256, 256]);
    const listed = await fetch(`${simulator.baseUrls["cohere"]}/v1/models?page_size=2`, { headers: { authorization: "Bearer k" } });
    expect((await listed.json()) as object).toMatchObject({ models: [{ name: "command-a-plus-05-2026" }, { name: "command-a-reasoning-08-2025" }] });
  });

  it.each<[string, object, number, string]>([
    ["an unknown model", { model: "command-0" }, 404, "not found"],
    ["a temperature of 2", { temperature: 2 }, 400, "temperature must be between 0 and 1"],
    ["both penalties", { frequency_penalty: 0.1, presence_penalty: 0.1 }, 400, "only one of"],
    ["too long an answer", { max_tokens: 9_000 }, 400, "too many tokens: max tokens"],
    ["a form beside tools", { tools, response_format: { type: "json_object" } }, 400, "not supported with tools"],
    ["bounds in a schema", { response_format: { type: "json_object", json_schema: { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] } } }, 400, "'minimum' is not supported"],
    ["a choice without tools", { tool_choice: "REQUIRED" }, 400, "requires tools"],
    ["thinking of a model that cannot", { thinking: { type: "enabled" } }, 400, "thinking is not supported"],
    ["a picture for a model that sees none", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] }] }, 400, "image content is not supported"],
    ["a result without its call", { messages: [{ role: "tool", tool_call_id: "x", content: "a" }] }, 400, "not found in previous tool calls"],
    ["a prompt beyond the context", { model: "command-a-translate-08-2025", messages: [{ role: "user", content: "x".repeat(40_000) }] }, 400, "size limit exceeded"],
  ])("refuses %s as the vendor does", async (_what, more, status, words) => {
    const { status: answered, text } = await post("/v2/chat", { ...hello, ...more });
    expect([answered, JSON.parse(text)]).toEqual([status, expect.objectContaining({ id: expect.any(String), message: expect.stringContaining(words) })]);
  });

  it("refuses a missing key", async () => {
    expect(await post("/v2/chat", hello, "")).toMatchObject({ status: 401, text: expect.stringContaining("no api key supplied") });
  });
});
