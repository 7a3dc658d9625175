import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { type EmbedRequest, EmbedResponseSchema, GenerateStreamResponseSchema, ListModelsResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { startGateway } from "../../test/start-gateway.ts";

let gateway: Awaited<ReturnType<typeof startGateway>>;
let embedded: EmbedRequest[];

beforeEach(async () => {
  embedded = [];
  gateway = await startGateway({
    async *generateStream() {
      yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "text", value: "Hi" } }] });
      const usage = { inputTokens: 3, outputTokens: 2 };
      yield create(GenerateStreamResponseSchema, {
        deltas: [{ step: { case: "finished", value: { reason: FinishReason.STOP } } }, { step: { case: "usage", value: usage } }],
      });
    },
    async embed(request) {
      embedded.push(request);
      return create(EmbedResponseSchema, { output: { model: "e-1", embeddings: [{ values: [0.5, -1] }], usage: { inputTokens: 4 } } });
    },
    listModels: async () =>
      create(ListModelsResponseSchema, { models: [{ provider: "openai", description: { model: "gpt-x", kind: ModelKind.CHAT, contextWindowTokens: 9, maxOutputTokens: 5 } }] }),
  });
});

afterEach(() => gateway.close());

async function chunksOf(options: object): Promise<{ choices: unknown[]; usage?: unknown }[]> {
  const answer = await gateway.post("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content: "Hi." }], stream: true, ...options });
  const frames = (await answer.text()).split("\n\n").slice(0, -1);
  expect(frames.pop()).toBe("data: [DONE]");
  return frames.map((frame) => JSON.parse(frame.slice("data: ".length)) as { choices: unknown[] });
}

describe("OpenAI's edge", () => {
  it("tells what was used only to who asks for it", async () => {
    for (const stream_options of [undefined, null, { include_usage: false }]) {
      const chunks = await chunksOf({ stream_options });
      expect(chunks.filter((chunk) => "usage" in chunk || chunk.choices.length === 0)).toEqual([]);
    }
    const chunks = await chunksOf({ stream_options: { include_usage: true } });
    expect(chunks.map(({ choices, usage }) => [choices.length, usage])).toEqual([
      [1, null],
      [1, null],
      [1, null],
      [0, expect.objectContaining({ prompt_tokens: 3, completion_tokens: 2 })],
    ]);
  });

  it("makes vectors, of texts or of tokens, as numbers or as base64", async () => {
    const floats = await gateway.post("/v1/embeddings", { model: "e", input: [[1, 2]], input_type: "query" }, { "x-fairlead-strict": "1", "x-fairlead-request-id": "mine-1" });
    expect(await floats.json()).toMatchObject({ object: "list", data: [{ embedding: [0.5, -1] }], model: "e-1", usage: { prompt_tokens: 4 } });
    expect(embedded[0]).toMatchObject({ input: { tokenLists: [{ tokens: [1, 2] }], purpose: 2 }, context: { strict: true, requestId: "mine-1" } });
    const packed = (await (await gateway.post("/v1/embeddings", { model: "e", input: "a", encoding_format: "base64" })).json()) as { data: { embedding: string }[] };
    const bytes = Uint8Array.from(Buffer.from(packed.data[0]?.embedding ?? "", "base64"));
    expect([...new Float32Array(bytes.buffer)]).toEqual([0.5, -1]);
  });

  it("lists models and tells of one, and knows what it has not", async () => {
    const model = { id: "gpt-x", object: "model", created: expect.any(Number), owned_by: "openai" };
    expect(await (await gateway.get("/v1/models")).json()).toEqual({ object: "list", data: [model, { ...model, id: "openai/gpt-x" }] });
    expect(await (await gateway.get("/v1/models/openai/gpt-x")).json()).toEqual({ ...model, id: "openai/gpt-x" });
    const missing = await gateway.get("/v1/models/gpt-none");
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { type: "invalid_request_error", code: "model_not_found", param: "model" } });
  });
});
