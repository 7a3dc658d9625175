import { describeAdapter } from "@fairlead/adapter-kit/testing/adapter-contract";
import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { startSimulated } from "@fairlead/provider-simulator/testing/start-simulated";
import { readConfig } from "@fairlead/runtime/config";
import { groqConfig } from "./config.ts";
import { createAdapterGroq } from "./service.ts";

const said = [{ content: { case: "text" as const, value: { text: "What is the weather?" } } }];
const messages = [{ role: Role.USER, parts: said }];

const start = () => startSimulated("groq");

async function open() {
  const provider = await start();
  const adapter = createAdapterGroq(testConfig(provider.baseUrl), testDependencies());
  return {
    provider,
    client: adapterClient(adapter),
    async [Symbol.asyncDispose]() {
      await adapter.close();
      await provider[Symbol.asyncDispose]();
    },
  };
}

describeAdapter("the adapter of groq", {
  model: "openai/gpt-oss-20b",
  start,
  create: (baseUrl, deployments = []) => createAdapterGroq({ ...testConfig(baseUrl), deployments }, testDependencies()),
});

describe("the adapter of groq", () => {
  it("shows how the model reasoned, whole and streamed", async () => {
    await using opened = await open();
    const chat = { model: "qwen/qwen3.6-27b", messages, reasoning: { effort: ReasoningEffort.HIGH } };
    const { chat: whole } = await opened.client.chat({ chat });
    expect(whole?.choices[0]?.parts.map(({ content }) => content.case)).toEqual(["reasoning", "text"]);
    expect(whole?.usage?.reasoningTokens).toBeGreaterThan(0);
    const steps = new Set<string | undefined>();
    for await (const { deltas } of opened.client.chatStream({ chat }))
      for (const { step } of deltas) steps.add(step.case);
    expect([...steps]).toEqual(expect.arrayContaining(["reasoning", "text", "usage"]));
  });

  it("takes a call of a tool that Groq found wrong for a broken answer, which may be had again", async () => {
    await using opened = await open();
    opened.provider.setModel("groq", "openai/gpt-oss-20b", { structuredOutput: "broken" });
    const chat = {
      model: "openai/gpt-oss-20b",
      messages,
      tools: [{ name: "weather" }],
      toolChoice: { mode: ToolChoiceMode.REQUIRED },
    };
    await expect(opened.client.chat({ chat })).rejects.toMatchObject({
      code: ErrorCode.MALFORMED_ANSWER,
      message: "The provider answered with status 400 (invalid_request_error, tool_use_failed).",
      detail: { retryable: true },
    });
  });

  it("gives one answer, and no names of speakers, and says so", async () => {
    await using opened = await open();
    const { chat } = await opened.client.chat({
      chat: {
        model: "openai/gpt-oss-20b",
        messages: [{ role: Role.USER, name: "ann", parts: said }],
        candidateCount: 2,
        topK: 3,
      },
    });
    expect(chat?.choices.map(({ finishReason }) => finishReason)).toEqual([FinishReason.STOP]);
    expect(chat?.adaptations.map(({ field }) => field).toSorted()).toEqual([
      "candidate_count",
      "messages[0].name",
      "top_k",
    ]);
  });

  it("does not start without a key, and names the variable", () => {
    expect(() => readConfig(groqConfig, {})).toThrow("GROQ_API_KEY");
    expect(readConfig(groqConfig, { GROQ_API_KEY: "k" })).toMatchObject({
      apiKey: "k",
      baseUrl: "https://api.groq.com/openai/v1",
      simulated: false,
    });
  });
});
