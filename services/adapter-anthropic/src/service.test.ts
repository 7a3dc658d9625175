import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { readConfig } from "@fairlead/runtime/config";
import { anthropicConfig } from "./config.ts";
import { BLOCK_PREFIX } from "./open-block.ts";
import { createAdapterAnthropic } from "./service.ts";

const config = (baseUrl: string) => (testConfig(baseUrl));

const start = () => startSimulated("anthropic");

describeAdapter("the adapter of anthropic", {
  model: "claude-haiku-4-5",
  start,
  create: (baseUrl, deployments = []) => createAdapterAnthropic({ ...config(baseUrl), deployments }, testDependencies()),
});

const user = (text: string) => ({ role: Role.USER, parts: [{ content: { case: "text" as const, value: { text } } }] });
const unknown = (name: string, json: JsonValue) => ({ dialect: "anthropic.messages", name, value: fromJson(ValueSchema, json) });

async function deltasOf(stream: AsyncIterable<{ deltas: ChatDelta[] }>): Promise<ChatDelta[]> {
  const deltas: ChatDelta[] = [];
  for await (const { deltas: more } of stream) deltas.push(...more);
  return deltas;
}

describe("the adapter of anthropic", () => {
  it("has the provider count the tokens that a message then uses", async () => {
    await using provider = await start();
    const adapter = createAdapterAnthropic(config(provider.baseUrl), testDependencies());
    const client = adapterClient(adapter);
    const chat = { model: "claude-haiku-4-5", messages: [user("hello there, how are you?")], tools: [{ name: "look_up", parametersJson: "{}" }], maxOutputTokens: 9, endUser: "u", temperature: 0.5 };
    const { inputTokens, estimated } = await client.countTokens({ chat });
    const { chat: answer } = await client.chat({ chat });
    expect({ inputTokens, estimated }).toEqual({ inputTokens: answer?.usage?.inputTokens, estimated: false });
    const refused = client.countTokens({ chat: { ...chat, model: "claude-0" } });
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.MODEL_NOT_FOUND });
    await adapter.close();
  });

  it("hands on what the provider's own tools did, whole and streamed alike, and takes it back", async () => {
    await using provider = await start();
    const adapter = createAdapterAnthropic(config(provider.baseUrl), testDependencies());
    const client = adapterClient(adapter);
    const unknownFields = [unknown("tools", [{ type: "web_search_20250305", name: "web_search" }])];
    const chat = { model: "claude-haiku-4-5", messages: [user("Search for ships.")], unknownFields };
    const { chat: answer } = await client.chat({ chat });
    const whole = plainAnswer(answer ?? (undefined as never));
    const streamed = gatherAnswer(await deltasOf(client.chatStream({ chat })), BLOCK_PREFIX);
    expect(whole.choices[0]?.parts.map(({ kind }) => kind)).toEqual(["foreign", "foreign", "text"]);
    expect(whole.choices[0]?.parts[2]?.extras).toMatchObject({ citations: [{ type: "web_search_result_location" }] });
    expect(streamed.choices[0]?.parts).toEqual(whole.choices[0]?.parts);
    const messages = [...chat.messages, { role: Role.ASSISTANT, parts: answer?.choices[0]?.parts ?? [] }, user("Thank you.")];
    const { chat: after } = await client.chat({ chat: { ...chat, messages }, strict: true });
    expect(after?.choices[0]?.parts[0]?.content.case).toBe("text");
    await adapter.close();
  });

  it("takes an answer with retry-after for an answer, and names features in their header", async () => {
    await using server = await serveFixtures({
      headers: { "content-type": "application/json", "retry-after": "60" },
      body: JSON.stringify({ type: "message", content: [{ type: "text", text: "a" }], stop_reason: "end_turn", usage: { input_tokens: 1, output_tokens: 1 } }),
    });
    const adapter = createAdapterAnthropic(testConfig(server.url), testDependencies());
    const chat = { model: "claude-haiku-4-5", messages: [user("a")], unknownFields: [unknown("betas", ["a-1", "b-2"])] };
    const { chat: answer } = await adapterClient(adapter).chat({ chat });
    expect(answer?.choices[0]).toMatchObject({ rawFinishReason: "end_turn" });
    expect(server.requests[0]?.headers["anthropic-beta"]).toBe("a-1,b-2");
    expect(JSON.parse(server.requests[0]?.body ?? "")).not.toHaveProperty("betas");
    await adapter.close();
  });

  it("says that it makes no vectors", async () => {
    const adapter = createAdapterAnthropic(config("http://127.0.0.1:1"), testDependencies());
    const embedding = adapterClient(adapter).embed({ input: { model: "m", texts: ["a"] } });
    await expect(embedding).rejects.toMatchObject({ code: ErrorCode.UNIMPLEMENTED });
    await adapter.close();
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(anthropicConfig, {})).toThrow("ANTHROPIC_API_KEY");
    expect(readConfig(anthropicConfig, { ANTHROPIC_API_KEY: "k" })).toMatchObject({ apiKey: "k", simulated: false, propagateTrace: false });
  });

  it("takes no key that could break out of its header", () => {
    expect(() => readConfig(anthropicConfig, { ANTHROPIC_API_KEY: "k\r\nx: y" })).toThrow("ANTHROPIC_API_KEY");
  });
});
