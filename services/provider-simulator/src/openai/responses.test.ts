import OpenAI from "openai";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

describe("OpenAI responses", () => {
  let simulator: ProviderSimulator;
  let client: OpenAI;

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
    client = new OpenAI({ apiKey: "any", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  it("answers a response in one piece and as typed events alike", async () => {
    const request = { model: "gpt-4o", input: "Say hello.", instructions: "Be brief." };
    const whole = await client.responses.create(request);
    expect(whole.status).toBe("completed");
    expect(whole.output_text).not.toBe("");
    const types: string[] = [];
    let text = "";
    let final: OpenAI.Responses.Response | undefined;
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      expect(event.sequence_number).toBe(types.length);
      types.push(event.type);
      if (event.type === "response.output_text.delta") text += event.delta;
      if (event.type === "response.completed") final = event.response;
    }
    expect(types.slice(0, 4)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
    ]);
    expect(types.at(-1)).toBe("response.completed");
    expect(text).toBe(whole.output_text);
    expect(final?.usage).toEqual(whole.usage);
  });

  it("calls functions in a response, streamed as well", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function" as const, name: "get_weather", parameters, strict: true }];
    const request = { model: "gpt-4o", input: "Call the tool.", tools };
    const whole = await client.responses.create(request);
    const call = whole.output[0];
    expect(call).toMatchObject({ type: "function_call", name: "get_weather" });
    const streamed = await client.responses.stream(request).finalResponse();
    expect(streamed.output[0]).toMatchObject({
      arguments: (call as OpenAI.Responses.ResponseFunctionToolCall).arguments,
    });
  });

  it("marks a response cut by its limit as incomplete", async () => {
    const request = { model: "gpt-4o", input: "hello", max_output_tokens: 16 };
    simulator.setModel("openai", "gpt-4o", { outputTokens: 50 });
    const whole = await client.responses.create(request);
    expect(whole).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const types: string[] = [];
    for await (const event of await client.responses.create({ ...request, stream: true })) types.push(event.type);
    expect(types.at(-1)).toBe("response.incomplete");
  });

  it("continues a response it made and refuses one it does not know", async () => {
    const first = await client.responses.create({ model: "gpt-4o", input: "hello" });
    const next = await client.responses.create({ model: "gpt-4o", input: "go on", previous_response_id: first.id });
    expect(next.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    const unknown = client.responses.create({ model: "gpt-4o", input: "go on", previous_response_id: "resp_none" });
    await expect(unknown).rejects.toMatchObject({ status: 400, code: "previous_response_not_found" });
  });

  it("refuses to go on from a response that another deployment keeps, or that nobody keeps", async () => {
    const other = new OpenAI({ apiKey: "other", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
    const first = await client.responses.create({ model: "gpt-4o", input: "hello" });
    const unkept = await client.responses.create({ model: "gpt-4o", input: "hello", store: false });
    const ask = (from: OpenAI, id: string) => from.responses.create({ model: "gpt-4o", input: "go on", previous_response_id: id });
    await expect(ask(other, first.id)).rejects.toMatchObject({ code: "previous_response_not_found" });
    await expect(ask(client, unkept.id)).rejects.toMatchObject({ code: "previous_response_not_found" });
  });

  it("takes back encrypted reasoning only where it was made, and none that it does not keep", async () => {
    const other = new OpenAI({ apiKey: "other", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
    const request = { model: "gpt-5.5", reasoning: { effort: "low" as const, summary: "auto" as const }, store: false };
    const ask = (from: OpenAI, input: OpenAI.Responses.ResponseInput) => from.responses.create({ ...request, input, include: ["reasoning.encrypted_content"] });
    const user = { role: "user" as const, content: "hello" };
    const first = await ask(client, [user]);
    const [reasoning, message] = first.output;
    expect(reasoning).toMatchObject({ type: "reasoning", encrypted_content: expect.any(String), summary: [{ type: "summary_text", text: expect.any(String) }] });
    const turn = [user, reasoning, message, user] as OpenAI.Responses.ResponseInput;
    await expect(ask(client, turn)).resolves.toMatchObject({ status: "completed" });
    await expect(ask(other, turn)).rejects.toMatchObject({ status: 400, code: "invalid_encrypted_content" });
    const bare = { ...reasoning, encrypted_content: null } as OpenAI.Responses.ResponseReasoningItem;
    await expect(ask(client, [user, bare, user])).rejects.toMatchObject({ status: 404 });
    const unreasoned = client.responses.create({ model: "gpt-4o", input: "hello", include: ["reasoning.encrypted_content"] });
    await expect(unreasoned).rejects.toMatchObject({ status: 400, param: "include" });
  });

  it("streams a summary of reasoning as it says it in one piece", async () => {
    const request = { model: "gpt-5.5", input: "hello", reasoning: { effort: "low" as const, summary: "auto" as const } };
    const whole = await client.responses.create(request);
    let summary = "";
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      if (event.type === "response.reasoning_summary_text.delta") summary += event.delta;
    }
    expect(whole.output[0]).toMatchObject({ type: "reasoning", summary: [{ text: summary }] });
    expect(summary).not.toBe("");
  });

  it("counts the tokens of a prompt as an answer to it would", async () => {
    const request = { model: "gpt-4o", input: "Say hello.", instructions: "Be brief." };
    const count = await client.responses.inputTokens.count(request);
    const { usage } = await client.responses.create(request);
    expect(count).toEqual({ object: "response.input_tokens", input_tokens: usage?.input_tokens });
  });

  it.each([
    ["a field of chat completions", { seed: 1 }, { code: "unknown_parameter", param: "seed" }],
    ["a model's words as a user's", { input: [{ role: "user", content: [{ type: "output_text", text: "x" }] }] }, { param: "input[0].content[0]" }],
    ["a user's words as a model's", { input: [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }] }, { param: "input[0].content[0]" }],
    ["a result without its call", { input: [{ type: "function_call_output", call_id: "c", output: "x" }] }, { param: "input" }],
    ["a call without its result", { input: [{ type: "function_call", call_id: "c", name: "f", arguments: "{}" }] }, { param: "input" }],
    ["custom sampling of a model that reasons", { model: "gpt-5.5", temperature: 0.5 }, { param: "temperature" }],
  ])("refuses %s", async (_name, changes, error) => {
    const request = { model: "gpt-4o", input: "hello", ...changes } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
    await expect(client.responses.create(request)).rejects.toMatchObject({ status: 400, ...error });
  });
});
