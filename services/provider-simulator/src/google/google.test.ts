import { GoogleGenerativeAI, SchemaType, type Tool } from "@google/generative-ai";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

const tools: Tool[] = [
  {
    functionDeclarations: [
      {
        name: "get_weather",
        parameters: { type: SchemaType.OBJECT, properties: { city: { type: SchemaType.STRING } }, required: ["city"] },
      },
    ],
  },
];

describe("the Google wire", () => {
  let simulator: ProviderSimulator;
  let google: GoogleGenerativeAI;
  const options = () => ({ baseUrl: simulator.baseUrls.google });
  const modelOf = (model: string, rest: object = {}) => google.getGenerativeModel({ model, ...rest }, options());
  const post = (path: string, body: unknown, headers: Record<string, string> = { "x-goog-api-key": "any" }) =>
    fetch(`${simulator.baseUrls.google}/v1beta/${path}`, { method: "POST", body: JSON.stringify(body), headers });

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
    google = new GoogleGenerativeAI("any");
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearModels());

  it("answers with content and usage", async () => {
    const { response } = await modelOf("gemini-2.5-flash").generateContent("Say hello.");
    expect(response.text()).not.toBe("");
    expect(response.candidates?.[0]?.finishReason).toBe("STOP");
    const usage = response.usageMetadata;
    expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0));
  });

  it("streams the same content with the usage at the end", async () => {
    const whole = await modelOf("gemini-2.5-flash").generateContent("Say hello.");
    const { stream, response } = await modelOf("gemini-2.5-flash").generateContentStream("Say hello.");
    let text = "";
    for await (const chunk of stream) text += chunk.text();
    expect(text).toBe(whole.response.text());
    expect((await response).usageMetadata).toEqual(whole.response.usageMetadata);
  });

  it("streams one JSON array where events are not asked for", async () => {
    const body = { contents: [{ parts: [{ text: "Say hello." }] }] };
    const whole = (await (await post("models/gemini-2.5-flash:generateContent", body)).json()) as any;
    const streamed = (await (await post("models/gemini-2.5-flash:streamGenerateContent", body)).json()) as any[];
    expect(streamed.length).toBeGreaterThan(1);
    const text = streamed.map((chunk) => chunk.candidates[0].content.parts[0].text).join("");
    expect(text).toBe(whole.candidates[0].content.parts[0].text);
    expect(streamed.at(-1).usageMetadata).toEqual(whole.usageMetadata);
  });

  it("calls a function and ends with STOP, streamed as well, and answers with text after its result", async () => {
    const model = modelOf("gemini-2.0-flash", { tools });
    const whole = await model.generateContent("What is the weather in Oslo?");
    const [call] = whole.response.functionCalls() ?? [];
    expect(call).toMatchObject({ name: "get_weather", args: { city: expect.any(String) } });
    expect(whole.response.candidates?.[0]?.finishReason).toBe("STOP");
    const streamed = await (await model.generateContentStream("What is the weather in Oslo?")).response;
    expect(streamed.functionCalls()).toEqual([call]);
    const chat = model.startChat();
    await chat.sendMessage("What is the weather in Oslo?");
    const after = await chat.sendMessage([{ functionResponse: { name: "get_weather", response: { sky: "rain" } } }]);
    expect(after.response.functionCalls()).toBeUndefined();
    expect(after.response.text()).not.toBe("");
  });

  it("must call a function in mode ANY, one that is allowed", async () => {
    const toolConfig = { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get_weather"] } };
    const { response } = await modelOf("gemini-2.5-pro", { tools, toolConfig }).generateContent("Hello");
    expect(response.functionCalls()?.[0]?.name).toBe("get_weather");
  });

  it("signs the call of a Gemini 3 model", async () => {
    const body = { contents: [{ parts: [{ text: "use the tool" }] }], tools };
    const answer = (await (await post("models/gemini-3-pro-preview:generateContent", body)).json()) as any;
    expect(answer.candidates[0].content.parts[0]).toMatchObject({
      functionCall: { id: expect.any(String) },
      thoughtSignature: expect.any(String),
    });
  });

  it("signs the text of a Gemini 3 model, streamed in a part without words", async () => {
    const body = { contents: [{ parts: [{ text: "hello" }] }] };
    const whole = (await (await post("models/gemini-3-pro-preview:generateContent", body)).json()) as any;
    const streamed = (await (await post("models/gemini-3-pro-preview:streamGenerateContent", body)).json()) as any[];
    const { thoughtSignature } = whole.candidates[0].content.parts[0];
    expect(thoughtSignature).toEqual(expect.any(String));
    expect(streamed.at(-1).candidates[0].content.parts).toEqual([{ text: "", thoughtSignature }]);
  });

  it("blocks a prompt that holds its word for it, whole and streamed", async () => {
    const body = { contents: [{ parts: [{ text: "PROHIBITED_CONTENT" }] }] };
    const whole = (await (await post("models/gemini-2.5-flash:generateContent", body)).json()) as any;
    expect(whole).toMatchObject({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } });
    expect(whole.candidates).toBeUndefined();
    const [streamed] = (await (await post("models/gemini-2.5-flash:streamGenerateContent", body)).json()) as any[];
    expect(streamed.promptFeedback).toEqual(whole.promptFeedback);
  });

  it("runs code and searches by itself where it is offered and spoken of", async () => {
    const ask = async (text: string, tool: object) => {
      const answer = await post("models/gemini-2.5-flash:generateContent", { contents: [{ parts: [{ text }] }], tools: [tool] });
      return ((await answer.json()) as any).candidates[0];
    };
    const ran = await ask("Run code.", { codeExecution: {} });
    expect(ran.content.parts.map((part: object) => Object.keys(part)[0])).toEqual(["executableCode", "codeExecutionResult", "text"]);
    expect((await ask("Search ships.", { googleSearch: {} })).groundingMetadata.groundingChunks).toHaveLength(1);
  });

  it("counts thoughts on top of candidates and shows them on demand", async () => {
    const body = {
      contents: [{ parts: [{ text: "Think." }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    };
    const answer = (await (await post("models/gemini-2.5-pro:generateContent", body)).json()) as any;
    expect(answer.candidates[0].content.parts[0].thought).toBe(true);
    const usage = answer.usageMetadata;
    expect(usage.thoughtsTokenCount).toBeGreaterThan(0);
    expect(usage.totalTokenCount).toBe(usage.promptTokenCount + usage.candidatesTokenCount + usage.thoughtsTokenCount);
  });

  it("keeps to limits, stop sequences and schemas", async () => {
    simulator.setModel("google", "gemini-2.0-flash", { text: "one two three" });
    const cut = await modelOf("gemini-2.0-flash", { generationConfig: { maxOutputTokens: 1 } }).generateContent("x");
    expect(cut.response.candidates?.[0]).toMatchObject({
      finishReason: "MAX_TOKENS",
      content: { parts: [{ text: "one " }] },
    });
    const stopped = await modelOf("gemini-2.0-flash", {
      generationConfig: { stopSequences: [" three"] },
    }).generateContent("x");
    expect(stopped.response.text()).toBe("one two");
    const responseSchema = { type: SchemaType.ARRAY, items: { type: SchemaType.INTEGER } };
    const generationConfig = { responseMimeType: "application/json", responseSchema };
    const typed = await modelOf("gemini-2.5-flash", { generationConfig }).generateContent("x");
    expect(JSON.parse(typed.response.text()).every(Number.isInteger)).toBe(true);
  });

  it("embeds one text and many alike", async () => {
    const model = modelOf("gemini-embedding-001");
    const one = await model.embedContent("hello");
    expect(one.embedding.values).toHaveLength(3072);
    const content = { role: "user", parts: [{ text: "hello" }] };
    const many = await model.batchEmbedContents({
      requests: [{ content }, { content: { role: "user", parts: [{ text: "bye" }] } }],
    });
    expect(many.embeddings).toHaveLength(2);
    expect(many.embeddings[0]?.values).toEqual(one.embedding.values);
    const short = (await (
      await post("models/gemini-embedding-001:embedContent", { content, outputDimensionality: 64 })
    ).json()) as any;
    expect(short.embedding.values).toHaveLength(64);
  });

  it("counts the tokens that content then uses", async () => {
    const model = modelOf("gemini-2.5-flash");
    const { totalTokens } = await model.countTokens("Say hello.");
    expect(totalTokens).toBe((await model.generateContent("Say hello.")).response.usageMetadata?.promptTokenCount);
  });

  it("lists its models with a key in the query", async () => {
    const listed = (await (await fetch(`${simulator.baseUrls.google}/v1beta/models?key=any`)).json()) as any;
    expect(listed.models.map((model: any) => model.name)).toContain("models/gemini-3-pro-preview");
  });

  it.each([
    ["a missing key", "gemini-2.5-flash", { contents: [{ parts: [{ text: "x" }] }] }, {}, 400, "INVALID_ARGUMENT"],
    [
      "an unknown model",
      "gemini-0",
      { contents: [{ parts: [{ text: "x" }] }] },
      { "x-goog-api-key": "k" },
      404,
      "NOT_FOUND",
    ],
    [
      "a call without its signature",
      "gemini-3-pro-preview",
      { contents: [{ role: "user", parts: [{ text: "x" }] }, { role: "model", parts: [{ functionCall: { name: "f" } }] }, { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] }] },
      { "x-goog-api-key": "k" },
      400,
      "INVALID_ARGUMENT",
    ],
    [
      "fewer results than calls",
      "gemini-2.5-flash",
      { contents: [{ role: "user", parts: [{ text: "x" }] }, { role: "model", parts: [{ functionCall: { name: "f" } }, { functionCall: { name: "g" } }] }, { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] }] },
      { "x-goog-api-key": "k" },
      400,
      "INVALID_ARGUMENT",
    ],
    ["media without a type", "gemini-2.5-flash", { contents: [{ parts: [{ inlineData: { data: "aa" } }] }] }, { "x-goog-api-key": "k" }, 400, "INVALID_ARGUMENT"],
    ["no contents", "gemini-2.5-flash", {}, { "x-goog-api-key": "k" }, 400, "INVALID_ARGUMENT"],
    [
      "a role it does not know",
      "gemini-2.5-flash",
      { contents: [{ role: "system", parts: [{ text: "x" }] }] },
      { "x-goog-api-key": "k" },
      400,
      "INVALID_ARGUMENT",
    ],
  ])("refuses %s as the vendor does", async (_, model, body, headers, code, status) => {
    const response = await post(`models/${model}:generateContent`, body, headers as Record<string, string>);
    expect(response.status).toBe(code);
    expect(await response.json()).toMatchObject({ error: { code, status, message: expect.any(String) } });
  });
});
