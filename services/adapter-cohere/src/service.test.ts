import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { foldDeltas, summarize } from "@fairlead/adapter-kit/testing/fold-deltas";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { readConfig } from "@fairlead/runtime/config";
import { cohereConfig } from "./config.ts";
import { createAdapterCohere } from "./service.ts";

const start = () => startSimulated("cohere");

describeAdapter("the adapter of cohere", {
  model: "command-a-03-2025",
  start,
  create: (baseUrl, deployments = []) => createAdapterCohere({ ...testConfig(baseUrl), deployments }, testDependencies()),
});

const user = (text: string) => ({ role: 3, parts: [{ content: { case: "text" as const, value: { text } } }] });

async function withAdapter<T>(work: (client: ReturnType<typeof adapterClient>) => Promise<T>, baseUrl?: string): Promise<T> {
  await using provider = await start();
  const adapter = createAdapterCohere(testConfig(baseUrl ?? provider.baseUrl), testDependencies());
  try {
    return await work(adapterClient(adapter));
  } finally {
    await adapter.close();
  }
}

describe("the adapter of cohere", () => {
  it.each([
    ["a plan and several calls", { model: "command-a-03-2025", messages: [user("Run get_weather and refresh_board.")], tools: [{ name: "get_weather", parametersJson: "{\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}" }, { name: "refresh_board" }] }],
    ["thinking before text", { model: "command-a-reasoning-08-2025", messages: [user("Think it through.")] }],
    ["JSON that follows a schema", { model: "command-a-03-2025", messages: [user("An answer as JSON.")], responseFormat: { format: { case: "jsonSchema" as const, value: { name: "s", schemaJson: "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":3}}}" } } } }],
  ])("reads %s alike whole and streamed", (_what, chat) =>
    withAdapter(async (client) => {
      const whole = await client.chat({ chat });
      const deltas: ChatDelta[] = [];
      for await (const message of client.chatStream({ chat })) deltas.push(...message.deltas);
      expect(foldDeltas(deltas)).toEqual(summarize(whole.chat ?? (undefined as never)));
      expect(whole.chat?.choices[0]?.parts.length).toBeGreaterThan(0);
    }),
  );

  it("goes on after the result of a tool, with the plan handed back", () =>
    withAdapter(async (client) => {
      const tools = [{ name: "get_weather" }];
      const asked = { model: "command-a-03-2025", messages: [user("Use get_weather.")], tools };
      const called = (await client.chat({ chat: asked })).chat?.choices[0]?.parts ?? [];
      expect(called.map(({ content }) => content.case)).toEqual(["reasoning", "toolCall"]);
      const call = called[1]?.content;
      const toolCallId = call?.case === "toolCall" ? call.value.id : "";
      const result = { content: { case: "toolResult" as const, value: { toolCallId, content: [{ content: { case: "text" as const, value: { text: "rain" } } }] } } };
      const messages = [...asked.messages, { role: 4, parts: called }, { role: 5, parts: [result] }];
      const { chat } = await client.chat({ chat: { ...asked, messages }, strict: true });
      expect(chat?.choices[0]?.parts[0]?.content.case).toBe("text");
      expect(chat?.adaptations).toEqual([]);
    }));

  it("makes one vector a text, of the length and for the purpose that are asked for", () =>
    withAdapter(async (client) => {
      const input = { model: "embed-v4.0", texts: ["a", "b"], dimensions: 256, purpose: EmbeddingPurpose.SEARCH_QUERY };
      const { output } = await client.embed({ input });
      expect(output?.embeddings.map(({ values }) => values.length)).toEqual([256, 256]);
      expect(output).toMatchObject({ model: "embed-v4.0", adaptations: [], usage: { inputTokens: 2, estimated: false } });
    }));

  it("refuses more texts than one call takes, and tokens in place of texts", () =>
    withAdapter(async (client) => {
      const many = client.embed({ input: { model: "embed-v4.0", texts: new Array<string>(97).fill("a") } });
      await expect(many).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "input.texts" }] } });
      const tokens = client.embed({ input: { model: "embed-v4.0", tokenLists: [{ tokens: [1] }] } });
      await expect(tokens).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "input.token_lists" }] } });
    }));

  it.each<[string, number, object, ErrorCode]>([
    ["a prompt beyond the context", 400, { error_type: "TOO_MANY_TOKENS", id: "i", message: "too many tokens: size limit exceeded by 25836 tokens." }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["a bad field", 400, { id: "i", message: "invalid request: temperature must be between 0 and 1.0 inclusive." }, ErrorCode.INVALID_REQUEST],
    ["a bad key", 401, { id: "i", message: "invalid api token" }, ErrorCode.PROVIDER_AUTHENTICATION],
    ["an unpaid account", 402, { message: "Please add or update your payment method at https://dashboard.cohere.com/billing" }, ErrorCode.PROVIDER_QUOTA_EXHAUSTED],
    ["an unknown model", 404, { id: "i", message: "model 'x' not found, make sure the correct model ID was used" }, ErrorCode.MODEL_NOT_FOUND],
    ["the limit of a trial", 429, { message: "You are using a Trial key, which is limited to 20 API calls / minute." }, ErrorCode.RATE_LIMITED],
    ["a limit of tokens", 429, { message: "trial token rate limit exceeded, limit is 100000 tokens per minute" }, ErrorCode.RATE_LIMITED],
    ["a failing server", 500, { message: "internal server error, this has been reported to our developers." }, ErrorCode.PROVIDER_ERROR],
    ["words in place of an answer", 200, { message: "internal server error" }, ErrorCode.PROVIDER_ERROR],
  ])("knows %s", async (_what, status, body, code) => {
    await using server = await serveFixtures({ status, body: JSON.stringify(body) });
    await withAdapter(async (client) => {
      const thrown = await client.chat({ chat: { model: "command-a-03-2025", messages: [user("x")] } }).then(() => undefined, (error: { code: ErrorCode }) => error.code);
      expect(ErrorCode[thrown ?? 0]).toBe(ErrorCode[code]);
    }, server.url);
  });

  it("sends one request with its key, and nothing of the environment's", async () => {
    await using server = await serveFixtures({ body: JSON.stringify({ id: "i", message: { role: "assistant", content: [{ type: "text", text: "a" }] }, finish_reason: "COMPLETE" }) });
    await withAdapter((client) => client.chat({ chat: { model: "command-a-03-2025", messages: [user("x")] } }), server.url);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v2/chat"]);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: "Bearer test-key", "content-type": "application/json" });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ model: "command-a-03-2025", stream: false, messages: [{ role: "user", content: "x" }] });
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(cohereConfig, {})).toThrow("COHERE_API_KEY");
    expect(readConfig(cohereConfig, { COHERE_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, baseUrl: "https://api.cohere.com" });
  });
});
