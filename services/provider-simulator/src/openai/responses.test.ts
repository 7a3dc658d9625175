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
});
