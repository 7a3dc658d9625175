import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } }];
const hello = { model: "llama3.1", messages: [{ role: "user", content: "Say hello." }] };

describe("the Ollama wire", () => {
  let simulator: ProviderSimulator;

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
  });
  afterAll(() => simulator.close());

  async function call(path: string, body?: object) {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${simulator.baseUrls["ollama"]}${path}`, init);
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  }
  const ask = async (body: object) => JSON.parse((await call("/api/chat", { ...body, stream: false })).text);

  it("streams lines unless it is told not to, and says the same whole", async () => {
    const whole = await ask(hello);
    const { type, text } = await call("/api/chat", hello);
    const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(type).toBe("application/x-ndjson");
    expect(lines.map(({ message }) => message.content).join("")).toBe(whole.message.content);
    expect(lines.slice(0, -1).every(({ done }) => done === false)).toBe(true);
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: whole.prompt_eval_count, eval_count: whole.eval_count });
  });

  it("calls tools with objects for arguments, without ids, and ends like text", async () => {
    const answer = await ask({ ...hello, messages: [{ role: "user", content: "Use get_weather." }], tools });
    expect(answer).toMatchObject({ done_reason: "stop", message: { content: "", tool_calls: [{ function: { name: "get_weather", arguments: { city: expect.any(String) } } }] } });
    expect(answer.message.tool_calls[0]).not.toHaveProperty("id");
  });

  it("thinks unless it is told not to, where the model can", async () => {
    expect((await ask({ ...hello, model: "qwen3" })).message.thinking).toEqual(expect.any(String));
    expect((await ask({ ...hello, model: "qwen3", think: false })).message).not.toHaveProperty("thinking");
    expect((await ask({ ...hello, model: "gpt-oss:20b", think: false })).message.thinking).toEqual(expect.any(String));
  });

  it("follows a schema, and ends at its bound", async () => {
    const format = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    expect(JSON.parse((await ask({ ...hello, format })).message.content)).toEqual({ ok: expect.any(Boolean) });
    expect(await ask({ ...hello, options: { num_predict: 1 } })).toMatchObject({ done_reason: "length", eval_count: 1 });
  });

  it("cuts a prompt beyond its small context silently, unless it is told not to", async () => {
    const long = { ...hello, messages: [{ role: "user", content: "x".repeat(40_000) }] };
    expect(await ask(long)).toMatchObject({ done: true, prompt_eval_count: 4_096 });
    expect(await ask({ ...long, options: { num_ctx: 32_768 } })).toMatchObject({ prompt_eval_count: 10_003 });
    expect(await call("/api/chat", { ...long, truncate: false })).toMatchObject({ status: 400, text: "{\"error\":\"the input length exceeds the context length\"}" });
  });

  it("tells its models, what they can do, and its version", async () => {
    const { models } = JSON.parse((await call("/api/tags")).text);
    expect(models.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["llama3.1:latest", "qwen3:32b"]));
    const shown = JSON.parse((await call("/api/show", { model: "gemma3:latest" })).text);
    expect(shown).toMatchObject({ capabilities: ["completion", "vision"], details: { parameter_size: "4.3B" }, model_info: { "general.architecture": "gemma3", "gemma3.context_length": 131_072 } });
    expect(JSON.parse((await call("/api/version")).text)).toEqual({ version: expect.any(String) });
  });

  it("makes vectors", async () => {
    const { embeddings } = JSON.parse((await call("/api/embed", { model: "nomic-embed-text", input: ["a", "b"] })).text);
    expect(embeddings.map((vector: number[]) => vector.length)).toEqual([768, 768]);
  });

  it.each<[string, object, number, string]>([
    ["an unknown model", { model: "llama0" }, 404, "model 'llama0' not found"],
    ["content in parts", { messages: [{ role: "user", content: [] }] }, 400, "cannot unmarshal array"],
    ["tools of a model that calls none", { model: "phi4", tools }, 400, "does not support tools"],
    ["thinking of a model that cannot", { think: true }, 400, "does not support thinking"],
    ["levels of a model that has none", { model: "qwen3", think: "low" }, 400, "not supported for this model"],
    ["pictures for a model that sees none", { messages: [{ role: "user", content: "a", images: ["AAAA"] }] }, 500, "missing data required for image input"],
    ["pictures that are no base64", { model: "gemma3", messages: [{ role: "user", content: "a", images: ["https://a.example/b"] }] }, 400, "illegal base64"],
    ["arguments as text", { messages: [{ role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: "{}" } }] }] }, 400, "cannot unmarshal string"],
    ["a model that makes vectors", { model: "nomic-embed-text" }, 400, "does not support chat"],
  ])("refuses %s as a server does", async (_what, more, status, words) => {
    const { status: answered, text } = await call("/api/chat", { ...hello, ...more });
    expect([answered, JSON.parse(text)]).toEqual([status, { error: expect.stringContaining(words) }]);
  });
});
