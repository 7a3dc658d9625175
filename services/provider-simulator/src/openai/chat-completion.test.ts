import OpenAI from "openai";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

const weatherTool = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        days: { type: "integer", minimum: 1, maximum: 7 },
      },
      required: ["city", "unit", "days"],
      additionalProperties: false,
    },
  },
};

describe("OpenAI chat completions", () => {
  let simulator: ProviderSimulator;
  let client: OpenAI;
  const hello = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Say hello." }] };

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
    client = new OpenAI({ apiKey: "any", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  it("answers a chat completion with text, usage and the vendor's headers", async () => {
    const { data, response } = await client.chat.completions.create(hello).withResponse();
    expect(data.object).toBe("chat.completion");
    expect(data.model).toBe("gpt-4o-mini-2024-07-18");
    expect(data.choices[0]?.finish_reason).toBe("stop");
    const text = data.choices[0]?.message.content ?? "";
    expect(data.usage?.completion_tokens).toBe(Math.ceil(text.length / 4));
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("9999");
  });

  it("streams the same text and the same usage as it answers in one piece", async () => {
    const whole = await client.chat.completions.create(hello);
    const stream = await client.chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let finish: string | null = null;
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      last = chunk;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(finish).toBe("stop");
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toEqual(whole.usage);
  });

  it("leaves usage out of a stream whose caller did not ask for it", async () => {
    const stream = await client.chat.completions.create({ ...hello, stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1);
      expect(chunk).not.toHaveProperty("usage");
    }
  });

  it("answers another question, model or choice with another text", async () => {
    const texts = new Set<unknown>();
    for (const model of ["gpt-4o-mini", "gpt-5.2"]) {
      for (const content of ["one", "two"]) {
        const answer = await client.chat.completions.create({ model, messages: [{ role: "user", content }], n: 2 });
        for (const choice of answer.choices) texts.add(choice.message.content);
      }
    }
    expect(texts.size).toBe(8);
  });

  it("streams several choices side by side, each equal to its unstreamed one", async () => {
    const whole = await client.chat.completions.create({ ...hello, n: 3 });
    const texts = ["", "", ""];
    for await (const chunk of await client.chat.completions.create({ ...hello, n: 3, stream: true })) {
      for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? "";
    }
    expect(texts).toEqual(whole.choices.map((choice) => choice.message.content));
  });

  it("cuts an answer at the token limit and says length", async () => {
    const answer = await client.chat.completions.create({ ...hello, max_completion_tokens: 5 });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(answer.choices[0]?.message.content).toHaveLength(20);
    expect(answer.usage?.completion_tokens).toBe(5);
  });

  it("stops before a stop sequence", async () => {
    simulator.setModel("openai", "gpt-4o-mini", { text: "alpha beta gamma" });
    const answer = await client.chat.completions.create({ ...hello, stop: ["gamma", " beta"] });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "alpha" } });
  });

  it("calls a tool with arguments that satisfy its schema, and answers with text after the result", async () => {
    const request = {
      model: "gpt-4o",
      messages: [{ role: "user" as const, content: "What is the weather in Oslo?" }],
      tools: [weatherTool],
    };
    const first = await client.chat.completions.create(request);
    const choice = first.choices[0];
    expect(choice?.finish_reason).toBe("tool_calls");
    const call = choice?.message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    const input = JSON.parse(call.function.arguments);
    expect(Object.keys(input).sort()).toEqual(["city", "days", "unit"]);
    expect(["celsius", "fahrenheit"]).toContain(input.unit);
    expect(input.days).toBeGreaterThanOrEqual(1);
    expect(input.days).toBeLessThanOrEqual(7);
    const messages = [
      ...request.messages,
      choice!.message,
      { role: "tool" as const, tool_call_id: call.id, content: "rain" },
    ];
    const second = await client.chat.completions.create({ ...request, messages });
    expect(second.choices[0]?.finish_reason).toBe("stop");
    expect(second.choices[0]?.message.content).not.toBe("");
  });

  it("streams the fragments of a tool call that add up to the unstreamed one", async () => {
    const request = { ...hello, tools: [weatherTool], tool_choice: "required" as const };
    const whole = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    const calls = (completion: OpenAI.ChatCompletion) =>
      completion.choices[0]?.message.tool_calls?.map((call) => {
        return call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [];
      });
    expect(calls(streamed)).toEqual(calls(whole));
    expect(streamed.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("leaves tools alone when nothing asks for them or they are forbidden", async () => {
    const unasked = await client.chat.completions.create({ ...hello, tools: [weatherTool] });
    expect(unasked.choices[0]?.message.tool_calls).toBeUndefined();
    const messages = [{ role: "user" as const, content: "use the tool get_weather" }];
    const none = await client.chat.completions.create({
      model: "gpt-4o",
      messages,
      tools: [weatherTool],
      tool_choice: "none",
    });
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it("answers with JSON that satisfies a schema", async () => {
    const schema = {
      type: "object",
      required: ["name", "tags"],
      properties: {
        name: { type: "string", minLength: 3 },
        tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 1 },
      },
    };
    const answer = await client.chat.completions.create({
      ...hello,
      response_format: { type: "json_schema", json_schema: { name: "thing", schema } },
    });
    const value = JSON.parse(answer.choices[0]?.message.content ?? "");
    expect(value.name.length).toBeGreaterThanOrEqual(3);
    expect(value.tags.every((tag: string) => ["a", "b"].includes(tag))).toBe(true);
  });

  it("sends as many chunks as a test sets", async () => {
    simulator.setModel("openai", "*", { chunks: 100 });
    let contents = 0;
    for await (const chunk of await client.chat.completions.create({ ...hello, stream: true })) {
      if ((chunk.choices[0]?.delta.content ?? "") !== "") contents += 1;
    }
    expect(contents).toBe(100);
  });

  it("counts reasoning tokens when a reasoning model is asked for effort", async () => {
    const answer = await client.chat.completions.create({ ...hello, model: "gpt-5-mini", reasoning_effort: "medium" });
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
  });

  it.each([
    [
      "an unknown model",
      { ...hello, model: "gpt-0" },
      { status: 404, code: "model_not_found", type: "invalid_request_error" },
    ],
    [
      "no messages",
      { model: "gpt-4o", messages: undefined },
      { status: 400, code: "missing_required_parameter", param: "messages" },
    ],
    [
      "a wrong role",
      { model: "gpt-4o", messages: [{ role: "boss", content: "" }] },
      { status: 400, param: "messages[0].role" },
    ],
    ["a temperature of 3", { ...hello, temperature: 3 }, { status: 400, param: "temperature" }],
    [
      "max_tokens for a reasoning model",
      { ...hello, model: "gpt-5-nano", max_tokens: 5 },
      { status: 400, code: "unsupported_parameter" },
    ],
    [
      "a tool result without its call",
      { model: "gpt-4o", messages: [{ role: "tool", tool_call_id: "x", content: "" }] },
      { status: 400 },
    ],
    [
      "a prompt beyond the context",
      { model: "gpt-4o", messages: [{ role: "user", content: "x".repeat(600_000) }] },
      { status: 400, code: "context_length_exceeded" },
    ],
  ])("refuses %s as the vendor does", async (_, request, expected) => {
    await expect(client.chat.completions.create(request as never)).rejects.toMatchObject(expected);
  });

  it("refuses a missing key, broken JSON and an unknown path in the vendor's shape", async () => {
    const url = `${simulator.baseUrls.openai}/chat/completions`;
    const headers = { "content-type": "application/json", authorization: "Bearer any" };
    const keyless = await fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    expect(keyless.status).toBe(401);
    const broken = await fetch(url, { method: "POST", body: "{", headers });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { type: "invalid_request_error", param: null, code: null } });
    const unknown = await fetch(`${simulator.baseUrls.openai}/nothing`, { method: "POST", body: "{}", headers });
    expect(unknown.status).toBe(404);
  });

  it("says an answer where it is asked to, whole and streamed alike, and counts what it hears", async () => {
    const content = [{ type: "input_audio" as const, input_audio: { data: "UklGRg==", format: "wav" as const } }];
    const request = {
      model: "gpt-audio",
      messages: [{ role: "user" as const, content }],
      modalities: ["text" as const, "audio" as const],
      audio: { voice: "alloy", format: "pcm16" as const },
    };
    const whole = await client.chat.completions.create(request);
    const said = whole.choices[0]?.message;
    expect(said?.content).toBeNull();
    expect(said?.audio?.transcript).not.toBe("");
    expect(whole.usage?.prompt_tokens_details?.audio_tokens).toBe(256);
    expect(whole.usage?.completion_tokens_details?.audio_tokens).toBe(whole.usage?.completion_tokens);
    const pieces: Buffer[] = [];
    let transcript = "";
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      const audio = chunk.choices[0]?.delta.audio;
      pieces.push(Buffer.from(audio?.data ?? "", "base64"));
      transcript += audio?.transcript ?? "";
    }
    expect(transcript).toBe(said?.audio?.transcript);
    expect(Buffer.concat(pieces).toString("base64")).toBe(said?.audio?.data);
  });

  it.each([
    ["a model that cannot speak", { model: "gpt-4o" }, "modalities"],
    ["no voice", { audio: null }, "audio"],
    ["a streamed format other than samples", { stream: true, audio: { voice: "alloy", format: "wav" as const } }, "audio.format"],
  ])("refuses to speak with %s", async (_name, changes, param) => {
    const request = { ...hello, model: "gpt-audio", modalities: ["audio" as const], audio: { voice: "alloy", format: "wav" as const } };
    await expect(client.chat.completions.create({ ...request, ...changes } as typeof request)).rejects.toMatchObject({ status: 400, param });
  });
});
