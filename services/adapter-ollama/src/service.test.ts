import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { foldDeltas, summarize } from "@fairlead/adapter-kit/testing/fold-deltas";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { readConfig } from "@fairlead/runtime/config";
import { type OllamaConfig, ollamaConfig } from "./config.ts";
import { createAdapterOllama } from "./service.ts";

const config = (baseUrl: string, more: Partial<OllamaConfig> = {}): OllamaConfig => ({ ...testConfig(baseUrl), pollSeconds: 0, ...more });

const start = () => startSimulated("ollama");

describeAdapter("the adapter of ollama", {
  model: "llama3.1",
  start,
  create: (baseUrl, deployments = []) => createAdapterOllama(config(baseUrl, { deployments }), testDependencies()),
});

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = (...parts: object[]) => ({ role: 3, parts }) as never;
const png = new Uint8Array(Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"));

async function withAdapter<T>(work: (client: ReturnType<typeof adapterClient>) => Promise<T>, baseUrl?: string, more: Partial<OllamaConfig> = {}): Promise<T> {
  await using provider = await start();
  const adapter = createAdapterOllama(config(baseUrl ?? provider.baseUrl, more), testDependencies());
  try {
    return await work(adapterClient(adapter));
  } finally {
    await adapter.close();
  }
}

const ended = (more: object = {}) => JSON.stringify({ model: "m", message: { role: "assistant", content: "a" }, done: true, done_reason: "stop", prompt_eval_count: 1, eval_count: 1, ...more });

describe("the adapter of ollama", () => {
  it("says that it is local and costs nothing", () =>
    withAdapter(async (client) => {
      const { description } = await client.describe({});
      expect(description).toMatchObject({ provider: "ollama", telemetryName: "ollama", local: true, dialects: ["ollama.chat"] });
      expect(description?.models.flatMap(({ prices }) => prices.map(({ input, output }) => input + output)).every((price) => price === 0n)).toBe(true);
    }));

  it.each([
    ["several calls", { model: "llama3.1", messages: [user(text("Run get_weather and refresh_board."))], tools: [{ name: "get_weather", parametersJson: "{\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}" }, { name: "refresh_board" }] }],
    ["thinking before text", { model: "qwen3", messages: [user(text("Think it through."))] }],
    ["JSON that follows a schema", { model: "llama3.1", messages: [user(text("An answer."))], responseFormat: { format: { case: "jsonSchema" as const, value: { name: "s", schemaJson: "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}" } } } }],
    ["a picture", { model: "gemma3", messages: [user(text("What is it?"), { content: { case: "image" as const, value: { source: { location: { case: "inline" as const, value: png } } } } })] }],
  ])("reads %s alike whole and streamed", (_what, chat) =>
    withAdapter(async (client) => {
      const whole = await client.chat({ chat, strict: true });
      const deltas: ChatDelta[] = [];
      for await (const message of client.chatStream({ chat, strict: true })) deltas.push(...message.deltas);
      expect(foldDeltas(deltas)).toEqual(summarize(whole.chat ?? (undefined as never)));
      expect(whole.chat?.choices[0]?.parts.length).toBeGreaterThan(0);
    }),
  );

  it("gives calls ids of their own and goes on after their results", () =>
    withAdapter(async (client) => {
      const asked = { model: "llama3.1", messages: [user(text("Use get_weather."))], tools: [{ name: "get_weather" }] };
      const [choice] = (await client.chat({ chat: asked })).chat?.choices ?? [];
      const call = choice?.parts[0]?.content;
      if (call?.case !== "toolCall") throw new Error("No tool was called.");
      expect([choice?.finishReason, call.value.id]).toEqual([FinishReason.TOOL_CALLS, expect.stringMatching(/^call_.{8,}/)]);
      const result = { content: { case: "toolResult" as const, value: { toolCallId: call.value.id, content: [text("rain")] } } };
      const messages = [...asked.messages, { role: 4, parts: choice?.parts ?? [] }, { role: 5, parts: [result] }];
      const { chat } = await client.chat({ chat: { ...asked, messages }, strict: true });
      expect(chat?.choices[0]?.parts[0]?.content.case).toBe("text");
    }));

  it("refuses pictures where the model sees none, as the server does", () =>
    withAdapter(async (client) => {
      const image = { content: { case: "image" as const, value: { source: { location: { case: "inline" as const, value: png } } } } };
      await expect(client.chat({ chat: { model: "llama3.1", messages: [user(image)] } })).rejects.toMatchObject({ code: ErrorCode.PROVIDER_ERROR });
    }));

  it("fetches pictures that are named by address, from allowed hosts alone", async () => {
    await using pictures = await serveFixtures({ body: png, headers: { "content-type": "image/png" } });
    const address = `${pictures.url}/a.png`;
    const image = { content: { case: "image" as const, value: { source: { location: { case: "url" as const, value: address } } } } };
    const chat = { model: "gemma3", messages: [user(image, text("What?"), image)] };
    await using server = await serveFixtures({ body: ended() });
    await withAdapter((client) => client.chat({ chat }), server.url, { mediaHosts: ["127.0.0.1"] });
    const [message] = JSON.parse(server.requests[0]?.body ?? "").messages;
    expect(message).toEqual({ role: "user", content: "What?", images: [Buffer.from(png).toString("base64"), Buffer.from(png).toString("base64")] });
    expect(pictures.requests).toHaveLength(1);
    const refused = { code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "chat.messages[0].parts[0].image.source.url" }] } };
    await withAdapter((client) => expect(client.chat({ chat })).rejects.toMatchObject(refused), server.url);
  });

  it("says stream false where it wants no stream, and lets nothing be cut silently", async () => {
    await using server = await serveFixtures({ body: ended() });
    await withAdapter((client) => client.chat({ chat: { model: "m", messages: [user(text("x"))] } }), server.url);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/chat"]);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: "Bearer test-key", "content-type": "application/json" });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ model: "m", stream: false, truncate: false, shift: false, messages: [{ role: "user", content: "x" }], options: { num_ctx: 8_192 } });
  });

  it("sends no key where it has none", async () => {
    await using server = await serveFixtures({ body: ended() });
    await withAdapter((client) => client.chat({ chat: { model: "m", messages: [user(text("x"))] } }), server.url, { apiKey: "" });
    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
  });

  it.each<[string, number, unknown, ErrorCode]>([
    ["a model that is not there", 404, { error: "model 'x' not found" }, ErrorCode.MODEL_NOT_FOUND],
    ["a prompt beyond the context", 400, { error: "the input length exceeds the context length" }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["what a model cannot do", 400, { error: "\"x\" does not support thinking" }, ErrorCode.INVALID_REQUEST],
    ["a busy server", 503, { error: "server busy, please try again.  maximum pending requests exceeded" }, ErrorCode.OVERLOADED],
    ["a failing model", 500, { error: "llama runner process has terminated" }, ErrorCode.PROVIDER_ERROR],
    ["an error with status 200", 200, { error: "model runner has unexpectedly stopped" }, ErrorCode.PROVIDER_ERROR],
    ["a key that is wanted", 401, { error: "unauthorized" }, ErrorCode.PROVIDER_AUTHENTICATION],
  ])("knows %s", async (_what, status, body, code) => {
    await using server = await serveFixtures({ status, body: JSON.stringify(body) });
    await withAdapter(async (client) => {
      const chat = { model: "m", messages: [user(text("x"))] };
      const whole = await client.chat({ chat }).then(() => undefined, (error: { code: ErrorCode }) => error.code);
      const read = async () => {
        for await (const _ of client.chatStream({ chat }));
      };
      const streamed = await read().then(() => undefined, (error: { code: ErrorCode }) => error.code);
      expect([ErrorCode[whole ?? 0], ErrorCode[streamed ?? 0]]).toEqual([ErrorCode[code], ErrorCode[code]]);
    }, server.url);
  });

  it("asks for the arguments as the form of the answer where one tool must be called, and makes a call of them", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const chat = {
      model: "m",
      messages: [user(text("x"))],
      tools: [{ name: "f" }, { name: "g", parametersJson: JSON.stringify(parameters) }],
      toolChoice: { mode: ToolChoiceMode.NAMED, name: "g" },
    };
    const line = (content: string, more: object = {}) => `${JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false, ...more })}\n`;
    const end = { done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 4 };
    await using whole = await serveFixtures({ body: line('{"city":"Oslo"}', end) });
    await withAdapter(async (client) => {
      const answer = await client.chat({ chat });
      const call = { name: "g", argumentsJson: '{"city":"Oslo"}' };
      expect(answer.chat?.choices).toMatchObject([{ parts: [{ content: { case: "toolCall", value: call } }], finishReason: FinishReason.TOOL_CALLS }]);
    }, whole.url);
    expect(JSON.parse(whole.requests[0]?.body ?? "")).toMatchObject({ format: parameters });
    expect(JSON.parse(whole.requests[0]?.body ?? "")).not.toHaveProperty("tools");
    await using streamed = await serveFixtures({ body: line('{"city":') + line('"Oslo"}') + line("", end) });
    await withAdapter(async (client) => {
      const steps: unknown[] = [];
      for await (const { deltas } of client.chatStream({ chat })) for (const { step } of deltas) steps.push([step.case, step.value]);
      expect(steps.filter(([kind]: any) => kind !== "adaptation")).toMatchObject([
        ["started", {}],
        ["toolCallStarted", { index: 0, name: "g" }],
        ["toolCallArguments", { index: 0, fragment: '{"city":' }],
        ["toolCallArguments", { index: 0, fragment: '"Oslo"}' }],
        ["finished", { reason: FinishReason.TOOL_CALLS }],
        ["usage", { inputTokens: 3, outputTokens: 4 }],
      ]);
    }, streamed.url);
  });

  it("makes one vector a text, and lets none be cut", () =>
    withAdapter(async (client) => {
      const { output } = await client.embed({ input: { model: "nomic-embed-text", texts: ["a", "b"], dimensions: 256 } });
      expect(output?.embeddings.map(({ values }) => values.length)).toEqual([256, 256]);
      expect(output).toMatchObject({ adaptations: [], usage: { inputTokens: 2, estimated: false } });
      const long = client.embed({ input: { model: "mxbai-embed-large", texts: ["x".repeat(4_000)] } });
      await expect(long).rejects.toMatchObject({ code: ErrorCode.CONTEXT_LENGTH_EXCEEDED });
    }));

  it("is not local at servers that others run", async () => {
    const adapter = createAdapterOllama(config("https://ollama.com"), testDependencies());
    expect(adapter.description.local).toBe(false);
    await adapter.close();
  });

  it("needs no key", () => {
    expect(readConfig(ollamaConfig, {})).toMatchObject({ apiKey: "", baseUrl: "http://127.0.0.1:11434", pollSeconds: 30 });
    expect(readConfig(ollamaConfig, { OLLAMA_API_KEY: "", OLLAMA_BASE_URL: "http://gpu:11434/" })).toMatchObject({ apiKey: "", baseUrl: "http://gpu:11434" });
    expect(() => readConfig(ollamaConfig, { OLLAMA_POLL_SECONDS: "-1" })).toThrow("OLLAMA_POLL_SECONDS");
  });
});
