import { fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { type FairleadError, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { readConfig } from "@fairlead/runtime/config";
import { googleConfig } from "./config.ts";
import { PART_PREFIX } from "./from-google-stream.ts";
import { createAdapterGoogle } from "./service.ts";

const config = (baseUrl: string) => (testConfig(baseUrl));

const start = () => startSimulated("google");

describeAdapter("the adapter of google", {
  model: "gemini-2.5-flash",
  start,
  create: (baseUrl, deployments = []) => createAdapterGoogle({ ...config(baseUrl), deployments }, testDependencies()),
});

const user = (text: string) => ({ role: Role.USER, parts: [{ content: { case: "text" as const, value: { text } } }] });
const unknown = (name: string, json: JsonValue) => ({ dialect: "google.content", name, value: fromJson(ValueSchema, json) });

async function deltasOf(stream: AsyncIterable<{ deltas: ChatDelta[] }>): Promise<ChatDelta[]> {
  const deltas: ChatDelta[] = [];
  for await (const { deltas: more } of stream) deltas.push(...more);
  return deltas;
}

async function withAdapter(work: (client: ReturnType<typeof adapterClient>) => Promise<void>): Promise<void> {
  await using provider = await start();
  const adapter = createAdapterGoogle(config(provider.baseUrl), testDependencies());
  try {
    await work(adapterClient(adapter));
  } finally {
    await adapter.close();
  }
}

/** Asks whole and streamed; ids of answers differ. */
async function askBoth(client: ReturnType<typeof adapterClient>, chat: MessageInitShape<typeof ChatRequestSchema>) {
  const { chat: answer } = await client.chat({ chat });
  const streamed = gatherAnswer(await deltasOf(client.chatStream({ chat })), PART_PREFIX);
  const whole = plainAnswer(answer ?? (undefined as never));
  expect({ ...streamed, id: "" }).toEqual({ ...whole, id: "" });
  return { answer, whole };
}

describe("the adapter of google", () => {
  it("makes one vector a text", async () => {
    await using provider = await start();
    const adapter = createAdapterGoogle(config(provider.baseUrl), testDependencies());
    const { output } = await adapterClient(adapter).embed({ input: { model: "gemini-embedding-001", texts: ["a", "b", "c"] } });
    expect(output?.embeddings.map((embedding) => embedding.values.length)).toEqual([3072, 3072, 3072]);
    expect(output?.usage?.inputTokens).toBeGreaterThan(0);
    await adapter.close();
  });

  it("has the provider count the tokens that an answer then uses", () =>
    withAdapter(async (client) => {
      const chat = { model: "gemini-2.5-flash", messages: [user("hello there, how are you?")], tools: [{ name: "look_up" }], temperature: 1 };
      const { inputTokens, estimated } = await client.countTokens({ chat });
      const { chat: answer } = await client.chat({ chat });
      expect({ inputTokens, estimated }).toEqual({ inputTokens: answer?.usage?.inputTokens, estimated: false });
      await expect(client.countTokens({ chat: { ...chat, model: "gemini-0" } })).rejects.toMatchObject({ code: ErrorCode.MODEL_NOT_FOUND });
    }));

  it("takes a prompt that is blocked for an answer without words, whole and streamed", () =>
    withAdapter(async (client) => {
      const { whole } = await askBoth(client, { model: "gemini-2.5-flash", messages: [user("PROHIBITED_CONTENT")] });
      expect(whole.choices[0]).toMatchObject({ parts: [], finish: "CONTENT_FILTER", raw: "PROHIBITED_CONTENT" });
    }));

  it("hands on what Google's own tools did, whole and streamed alike, and takes it back", () =>
    withAdapter(async (client) => {
      const chat = { model: "gemini-2.5-flash", messages: [user("Run code.")], unknownFields: [unknown("tools", [{ codeExecution: {} }, { googleSearch: {} }])] };
      const { answer, whole } = await askBoth(client, chat);
      expect(whole.choices[0]?.parts.map(({ kind }) => kind)).toEqual(["foreign", "foreign", "text"]);
      const messages = [...chat.messages, { role: Role.ASSISTANT, parts: answer?.choices[0]?.parts ?? [] }, user("Search ships.")];
      const { whole: after } = await askBoth(client, { ...chat, messages });
      expect(after.choices[0]?.extras["groundingMetadata"]).toMatchObject({ groundingChunks: [{}] });
    }));

  it("gives a model that insists its signatures back, and a stand-in for calls of others", () =>
    withAdapter(async (client) => {
      const chat = { model: "gemini-3.1-pro-preview", messages: [user("Please use the tool.")], tools: [{ name: "look_up" }] };
      const { chat: answer } = await client.chat({ chat });
      const call = answer?.choices[0]?.parts.find(({ content }) => content.case === "toolCall");
      const { id: toolCallId, signature } = (call?.content.value as { id: string; signature: Uint8Array }) ?? {};
      expect(signature.length).toBeGreaterThan(0);
      const result = { content: { case: "toolResult" as const, value: { toolCallId, content: [{ content: { case: "text" as const, value: { text: "r" } } }] } } };
      const after = (parts: MessageInitShape<typeof PartSchema>[]) => ({ ...chat, messages: [...chat.messages, { role: Role.ASSISTANT, parts }, { role: Role.TOOL, parts: [result] }] });
      const own = await client.chat({ chat: after(answer?.choices[0]?.parts ?? []), strict: true });
      expect(own.chat?.adaptations).toEqual([]);
      const foreign = await client.chat({ chat: after([{ content: { case: "toolCall", value: { id: toolCallId, name: "look_up", argumentsJson: "{}" } } }]) });
      expect(foreign.chat?.adaptations.map(({ field }) => field)).toEqual(["messages"]);
      const text = own.chat?.choices[0]?.parts.map(({ content }) => content.case);
      expect(text).toEqual(["text", "reasoning"]);
    }));

  it("fetches pictures that Gemini does not, from hosts that may be reached alone", async () => {
    await using pictures = await serveFixtures({ headers: { "content-type": "text/plain" }, body: Buffer.from("iVBORw0KGgo=", "base64") });
    await using provider = await serveFixtures({ body: JSON.stringify({ candidates: [{ content: { parts: [{ text: "a" }] }, finishReason: "STOP" }] }) });
    const image = { content: { case: "image" as const, value: { source: { location: { case: "url" as const, value: `${pictures.url}/a` } } } } };
    const chat = { model: "gemini-2.5-flash", messages: [{ role: Role.USER, parts: [image, image] }] };
    const open = createAdapterGoogle({ ...testConfig(provider.url), mediaHosts: ["127.0.0.1"] }, testDependencies());
    const { chat: answer } = await adapterClient(open).chat({ chat });
    const { contents } = JSON.parse(provider.requests[0]?.body ?? "");
    expect(contents[0].parts).toEqual([1, 2].map(() => ({ inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } })));
    expect([pictures.requests.length, answer?.adaptations.map(({ field }) => field)]).toEqual([1, ["messages[0].parts[0].image", "messages[0].parts[1].image"]]);
    await open.close();
    const guarded = createAdapterGoogle(testConfig(provider.url), testDependencies());
    const refused = { code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "chat.messages[0].parts[0].image.source.url" }] } };
    await expect(adapterClient(guarded).chat({ chat })).rejects.toMatchObject(refused);
    expect(provider.requests).toHaveLength(1);
    await guarded.close();
  });

  it.each<[string, number, object, ErrorCode, number | undefined]>([
    ["a key that is not valid", 400, { code: 400, status: "INVALID_ARGUMENT", message: "API key not valid. Please pass a valid API key.", details: [{ reason: "API_KEY_INVALID" }] }, ErrorCode.PROVIDER_AUTHENTICATION, undefined],
    ["a prompt that is too long", 400, { code: 400, status: "INVALID_ARGUMENT", message: "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576)." }, ErrorCode.CONTEXT_LENGTH_EXCEEDED, undefined],
    ["a prompt that is too long, as a limit of the rate", 429, { code: 429, status: "RESOURCE_EXHAUSTED", message: "The input token count exceeds the maximum number of tokens allowed. Please retry in 3s." }, ErrorCode.CONTEXT_LENGTH_EXCEEDED, undefined],
    ["a wait in the words alone", 429, { code: 429, status: "RESOURCE_EXHAUSTED", message: "Quota exceeded.\nPlease retry in 48.5s." }, ErrorCode.RATE_LIMITED, 48_500],
    ["a wait in RetryInfo", 429, { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow down.", details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }] }, ErrorCode.RATE_LIMITED, 34_500],
    ["overload", 503, { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." }, ErrorCode.OVERLOADED, undefined],
  ])("gives %s its code, in an array or not", async (_name, status, error, code, wait) => {
    await using server = await serveFixtures();
    const adapter = createAdapterGoogle(testConfig(server.url), testDependencies());
    for (const body of [{ error }, [{ error }]]) {
      server.play({ status, body: JSON.stringify(body) });
      const thrown = await adapterClient(adapter).chat({ chat: { model: "gemini-2.5-flash", messages: [user("a")] } }).then(() => undefined, (failed: FairleadError) => failed);
      expect([ErrorCode[thrown?.code ?? 0], thrown && retryAfterMs(thrown.detail)]).toEqual([ErrorCode[code], wait]);
    }
    await adapter.close();
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(googleConfig, {})).toThrow("GEMINI_API_KEY");
    expect(readConfig(googleConfig, { GEMINI_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, propagateTrace: false });
  });

  it("takes no key that could break out of its header", () => {
    expect(() => readConfig(googleConfig, { GEMINI_API_KEY: "k\r\nx: y" })).toThrow("GEMINI_API_KEY");
  });
});
