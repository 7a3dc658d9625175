import OpenAI from "openai";
import { createProviderSimulator, type ProviderSimulator } from "../service.ts";

describe("OpenAI embeddings and models", () => {
  let simulator: ProviderSimulator;
  let client: OpenAI;

  beforeAll(async () => {
    simulator = createProviderSimulator({ seed: 7 });
    await simulator.listen();
    client = new OpenAI({ apiKey: "any", baseURL: simulator.baseUrls.openai, maxRetries: 0 });
  });
  afterAll(() => simulator.close());

  it("makes unit vectors that put texts with shared words close together", async () => {
    const input = ["red apples and pears", "red apples and plums", "quantum chromodynamics"];
    const { data, usage } = await client.embeddings.create({ model: "text-embedding-3-small", input });
    const [first, second, third] = data.map((entry) => entry.embedding) as [number[], number[], number[]];
    const dot = (left: number[], right: number[]) =>
      left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
    expect(first).toHaveLength(1536);
    expect(dot(first, first)).toBeCloseTo(1, 4);
    expect(dot(first, second)).toBeGreaterThan(dot(first, third) + 0.3);
    expect(usage.total_tokens).toBe(5 + 5 + 6);
  });

  it("shortens vectors on demand and gives the same ones as floats and as base64", async () => {
    const request = { model: "text-embedding-3-large", input: "hello there", dimensions: 256 };
    const floats = await client.embeddings.create({ ...request, encoding_format: "float" });
    const decoded = await client.embeddings.create(request);
    expect(floats.data[0]?.embedding).toHaveLength(256);
    expect(decoded.data[0]?.embedding).toEqual(floats.data[0]?.embedding);
  });

  it("lists its models and describes one", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(["gpt-5.2", "gpt-5-mini", "gpt-5-nano", "gpt-4o", "gpt-4o-mini"]));
    expect(await client.models.retrieve("gpt-4o-2024-08-06")).toMatchObject({
      id: "gpt-4o-2024-08-06",
      object: "model",
    });
  });
});
