import { create, fromJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type CountTokensRequest,
  CountTokensResponseSchema,
  type GenerateRequest,
  GenerateResponseSchema,
  GenerateStreamResponseSchema,
} from "@fairlead/contracts/routing/v1/router_service";
import { failure } from "@fairlead/rpc/fairlead-error";
import { startGateway } from "../../test/start-gateway.ts";

let gateway: Awaited<ReturnType<typeof startGateway>>;
let asked: (GenerateRequest | CountTokensRequest)[];
let fails: ErrorCode | undefined;

const report = { requestId: "r-1", provider: "openai", model: "gpt-x", deployment: "eu" };
const said = { case: "text" as const, value: { text: "Hi." } };

beforeEach(async () => {
  [asked, fails] = [[], undefined];
  gateway = await startGateway({
    async generate(request) {
      asked.push(request);
      const store = { dialect: "openai.responses", name: "store", value: fromJson(ValueSchema, true) };
      const choices = [{ parts: [{ content: said }], finishReason: FinishReason.STOP }];
      return create(GenerateResponseSchema, { chat: { id: "resp_up", choices, extraFields: [store], usage: { inputTokens: 3, outputTokens: 2 } }, report });
    },
    async *generateStream() {
      yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "text", value: "Hi" } }], report });
      if (fails !== undefined) throw failure(fails, "It failed.");
      yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "finished", value: { reason: FinishReason.STOP } } }] });
      yield create(GenerateStreamResponseSchema, { report });
    },
    async countTokens(request) {
      asked.push(request);
      return create(CountTokensResponseSchema, { inputTokens: 12, provider: "openai", model: "gpt-x" });
    },
  });
});

afterEach(() => gateway.close());

const ask = (body: object) => gateway.post("/v1/responses", { model: "auto", input: "Hi.", ...body });
const eventsOf = async (answer: Response) => [...(await answer.text()).matchAll(/^event: (.*)$/gm)].map(([, name]) => name);

describe("the edge of the Responses API", () => {
  it("answers, and goes on from an answer that its provider keeps", async () => {
    const first = (await (await ask({ store: true })).json()) as { id: string; output: unknown[] };
    expect(first).toMatchObject({
      object: "response",
      status: "completed",
      store: true,
      output: [{ type: "message", content: [{ type: "output_text", text: "Hi." }] }],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
      fairlead: { provider: "openai" },
    });
    const second = await ask({ previous_response_id: first.id });
    expect(second.status).toBe(200);
    expect(asked[1]?.chat?.previousAnswer).toMatchObject({ provider: "openai", deployment: "eu", id: "resp_up" });
    expect(await second.json()).toMatchObject({ previous_response_id: first.id });
  });

  it("streams, and ends a stream that fails in one error", async () => {
    const answer = await ask({ stream: true });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    expect((await eventsOf(answer)).filter((name) => name?.match(/created|delta|completed/))).toEqual(["response.created", "response.output_text.delta", "response.completed"]);
    fails = ErrorCode.STREAM_INTERRUPTED;
    const broken = await ask({ stream: true });
    const text = await broken.clone().text();
    expect((await eventsOf(broken)).slice(-2)).toEqual(["response.output_text.delta", "error"]);
    expect(text).toContain('"code":"stream_interrupted"');
  });

  it("counts the tokens of a prompt", async () => {
    const counted = await gateway.post("/v1/responses/input_tokens", { model: "auto", input: "Hi.", instructions: "Be brief." });
    expect(await counted.json()).toEqual({ object: "response.input_tokens", input_tokens: 12 });
    expect(asked[0]?.chat?.messages).toHaveLength(2);
  });

  it.each([
    [{ previous_response_id: "resp_other" }, "previous_response_id"],
    [{ background: true }, "background"],
    [{ conversation: "conv_1" }, "conversation"],
    [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0]"],
  ])("refuses %j, and nobody is asked", async (body, param) => {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error", code: "invalid_request", param } });
    expect(asked).toEqual([]);
  });

  it.each([
    ["GET", ""],
    ["DELETE", ""],
    ["POST", "/cancel"],
    ["GET", "/input_items"],
  ])("says that it keeps no answers: %s /v1/responses/{id}%s", async (method, rest) => {
    const answer = await gateway.get(`/v1/responses/resp_1${rest}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "not_found", param: "response_id" } });
  });
});
