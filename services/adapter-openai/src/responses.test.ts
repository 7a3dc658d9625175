import { fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { DeploymentConfig } from "@fairlead/adapter-kit/deployment-config";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { createProviderSimulator, type ProviderSimulator } from "@fairlead/provider-simulator";
import { createAdapterOpenai } from "./service.ts";

type Chat = MessageInitShape<typeof ChatRequestSchema>;

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("Call the tool.")] };
const field = (dialect: string, name: string, value: JsonValue) => ({ dialect, name, value: fromJson(ValueSchema, value) });
const tools = [{ name: "get_weather", parametersJson: '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}' }];
const reasoning = { effort: ReasoningEffort.LOW, includeText: true };
/** What chat completions would refuse: tools beside reasoning. */
const barred = { model: "gpt-5.5", messages: [user], tools, reasoning } satisfies Chat;

const deployment = (name: string, baseUrl: string): DeploymentConfig => ({ name, region: "", weight: 1, baseUrl, apiKey: `key-${name}` });

describe("the adapter of openai", () => {
  let simulator: ProviderSimulator;
  let adapter: ReturnType<typeof createAdapterOpenai>;
  let client: ReturnType<typeof adapterClient>;

  beforeAll(async () => {
    simulator = createProviderSimulator({ speed: 0 });
    await simulator.listen();
    const { openai } = simulator.baseUrls;
    const deployments = ["east", "west"].map((name) => deployment(name, openai));
    adapter = createAdapterOpenai({ ...testConfig(openai), organization: "", project: "", deployments }, testDependencies());
    client = adapterClient(adapter);
  });
  afterAll(async () => {
    await adapter.close();
    await simulator.close();
  });

  async function ask(chat: Chat, at = "east", strict = false): Promise<ChatResponse> {
    const { chat: answer } = await client.chat({ chat, deployment: at, strict });
    if (answer === undefined) throw new Error("There is no answer.");
    return answer;
  }

  async function stream(chat: Chat, at = "east"): Promise<ChatDelta[]> {
    const deltas: ChatDelta[] = [];
    for await (const message of client.chatStream({ chat, deployment: at })) deltas.push(...message.deltas);
    return deltas;
  }

  const lastPath = () => simulator.requests().at(-1)?.path;
  const partsOf = (answer: ChatResponse): Part[] => answer.choices[0]?.parts ?? [];

  /** The turn that answers the calls of an answer. */
  function goOn(answer: ChatResponse): Chat {
    const calls = partsOf(answer).flatMap(({ content }) => (content.case === "toolCall" ? [content.value.id] : []));
    const results = calls.map((toolCallId) => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text("Sunny.")] } } }));
    return { ...barred, messages: [user, { role: Role.ASSISTANT, parts: partsOf(answer) }, { role: Role.TOOL, parts: results }] };
  }

  it("lets a model reason beside tools, by the API that does not bar it", async () => {
    const answer = await ask(barred, "east", true);
    expect(lastPath()).toMatch(/\/responses$/);
    const [thought, call] = partsOf(answer);
    expect(thought?.content).toMatchObject({ case: "reasoning", value: { provider: "openai", deployment: "east", text: expect.stringMatching(/./), id: expect.stringMatching(/^rs_/) } });
    expect(call?.content).toMatchObject({ case: "toolCall", value: { name: "get_weather" } });
    expect(answer.adaptations).toEqual([]);
    expect(answer.usage?.reasoningTokens).toBeGreaterThan(0);
    await ask({ ...barred, reasoning: { effort: ReasoningEffort.NONE } });
    expect(lastPath()).toMatch(/\/chat\/completions$/);
  });

  it("streams the same answer as it gives in one piece", async () => {
    const kept: Chat = { ...barred, tools: [], unknownFields: [field("openai.responses", "store", true)] };
    const only: Chat = { model: "o3-pro", messages: [user] };
    for (const chat of [barred, only, kept]) {
      const whole = plainAnswer(await ask(chat));
      const streamed = gatherAnswer(await stream(chat), "part.");
      expect(lastPath()).toMatch(/\/responses$/);
      const parts = (answer: typeof whole) => answer.choices[0]?.parts.map((part) => (part.kind === "reasoning" ? { ...part, signature: part["signature"] !== "" } : part));
      expect(parts(streamed)).toEqual(parts(whole));
      expect([streamed.usage, streamed.choices[0]?.finish, streamed.choices[0]?.raw]).toEqual([whole.usage, whole.choices[0]?.finish, whole.choices[0]?.raw]);
    }
  });

  it("hands encrypted reasoning back to the deployment that made it, and leaves it out elsewhere", async () => {
    const next = goOn(await ask(barred));
    expect((await ask(next, "east", true)).adaptations).toEqual([]);
    const elsewhere = await ask(next, "west");
    expect(elsewhere.adaptations.map(({ field: name }) => name)).toEqual(["messages[1].parts[0].reasoning"]);
  });

  it("goes on from an answer that is kept, at the deployment that keeps it", async () => {
    const first = await ask({ model: "gpt-4o", messages: [user], unknownFields: [field("openai.responses", "store", true)] });
    expect(first.extraFields).toContainEqual(expect.objectContaining({ name: "store", dialect: "openai.responses" }));
    const next = (at: string): Chat => ({ model: "gpt-4o", messages: [user], previousAnswer: { provider: "openai", deployment: at, id: first.id } });
    const second = await ask(next("east"));
    expect(second.usage?.inputTokens).toBeGreaterThan(first.usage?.inputTokens ?? Infinity);
    await expect(ask(next("east"), "west")).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    await expect(ask(next("west"), "west")).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
  });

  it("counts the tokens of a prompt as an answer to it does, at no cost", async () => {
    const chat: Chat = { model: "gpt-4o", messages: [{ role: Role.SYSTEM, parts: [text("Be brief.")] }, user], tools, unknownFields: [field("openai.responses", "store", false)] };
    const counted = await client.countTokens({ chat, deployment: "east" });
    const answer = await ask(chat);
    expect(counted).toMatchObject({ inputTokens: answer.usage?.inputTokens, estimated: false });
  });

  it("has a model speak, whole and streamed", async () => {
    const spoken = (format: string): Chat => ({
      model: "gpt-audio",
      messages: [user],
      unknownFields: [field("openai.chat", "modalities", ["text", "audio"]), field("openai.chat", "audio", { voice: "alloy", format })],
    });
    const sound = plainAnswer(await ask(spoken("wav"))).choices[0]?.parts;
    expect(sound).toMatchObject([{ kind: "audio", mimeType: "audio/wav", extras: { id: expect.stringMatching(/^audio_/) } }]);
    const whole = plainAnswer(await ask(spoken("pcm16"))).choices[0]?.parts[0];
    const streamed = gatherAnswer(await stream(spoken("pcm16")), "part.").choices[0]?.parts;
    expect(streamed).toMatchObject([{ kind: "audio", mimeType: "audio/pcm", where: whole?.["where"] }]);
  });
});
