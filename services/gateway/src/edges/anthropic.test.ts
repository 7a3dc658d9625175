import { create, fromJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type CountTokensRequest,
  CountTokensResponseSchema,
  type GenerateRequest,
  GenerateResponseSchema,
  GenerateStreamResponseSchema,
  ListModelsResponseSchema,
  RouterService,
} from "@fairlead/contracts/routing/v1/router_service";
import type { Handlers } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createMetrics, createTools } from "@fairlead/runtime/service-tools";
import { gatewayConfig } from "../config.ts";
import { createGateway, type Gateway } from "../service.ts";
import type { NativeServices } from "./native.ts";

let gateway: Gateway;
let url: string;
let asked: GenerateRequest[];
let counted: CountTokensRequest[];
let fails: ErrorCode | undefined;

const value = fromJson(ValueSchema, { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } });
const report = { requestId: "r-1", provider: "google", model: "gemini" };
const sealed = { signature: new TextEncoder().encode("Sig=="), redacted: false };

beforeEach(async () => {
  [asked, counted, fails] = [[], [], undefined];
  const refuse = () => {
    if (fails !== undefined) throw failure(fails, "It failed.");
  };
  const handlers: Partial<Handlers<typeof RouterService>> = {
    async generate(request) {
      asked.push(request);
      refuse();
      const parts = [{ content: { case: "foreign" as const, value: { dialect: "anthropic.messages", value } } }];
      return create(GenerateResponseSchema, { chat: { choices: [{ parts, finishReason: FinishReason.PAUSE, rawFinishReason: "pause_turn" }] }, report });
    },
    async *generateStream() {
      yield create(GenerateStreamResponseSchema, { report: { requestId: "r-1" } });
      yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "reasoning", value: "hm" } }, { step: { case: "reasoningSealed", value: sealed } }], report });
      refuse();
      yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "finished", value: { reason: FinishReason.STOP } } }] });
      yield create(GenerateStreamResponseSchema, { report });
    },
    async countTokens(request) {
      counted.push(request);
      refuse();
      return create(CountTokensResponseSchema, { inputTokens: 12, estimated: true, provider: "google", model: "gemini" });
    },
    listModels: async () =>
      create(ListModelsResponseSchema, { models: [{ provider: "anthropic", description: { model: "claude-x", kind: ModelKind.CHAT, contextWindowTokens: 9, maxOutputTokens: 5 } }] }),
  };
  const router = localClient(RouterService, handlers as Handlers<typeof RouterService>);
  const config = readConfig(gatewayConfig, { FAIRLEAD_HTTP_PORT: "0" });
  const tools = createTools("gateway", createLogger("silent"), createMetrics());
  gateway = await createGateway(config, { tools, services: { router } as unknown as NativeServices, ready: () => true, drainMs: 1_000 });
  url = `http://127.0.0.1:${gateway.httpPort}`;
});

afterEach(() => gateway.close());

const MESSAGES = [{ role: "user", content: "Hi." }];
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url + path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers } });
const get = (path: string, headers: Record<string, string> = { "anthropic-version": "2023-06-01" }) => fetch(url + path, { headers });
const ask = (more: object = {}, headers: Record<string, string> = {}) => post("/v1/messages?beta=true", { model: "auto", max_tokens: 5, messages: MESSAGES, ...more }, headers);

describe("Anthropic's edge", () => {
  it("hands features that a header names on with the body, and blocks of Anthropic back", async () => {
    const answer = await ask({ container: "c" }, { "anthropic-beta": "a-1,b-2" });
    expect(asked[0]?.chat?.unknownFields.map(({ dialect, name }) => `${dialect} ${name}`)).toEqual(["anthropic.messages container", "anthropic.messages betas"]);
    expect(await answer.json()).toMatchObject({
      type: "message",
      content: [{ type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } }],
      stop_reason: "pause_turn",
      fairlead: { provider: "google" },
    });
    expect((await ask({}, { "anthropic-beta": "x".repeat(200) })).status).toBe(400);
  });

  it("names in a stream who sealed its reasoning", async () => {
    const text = await (await ask({ stream: true })).text();
    expect(text).toContain('"signature":"fairlead:google:Sig=="');
    expect(text.match(/^event: \w+$/gm)).toEqual([
      "event: message_start",
      "event: content_block_start",
      "event: content_block_delta",
      "event: content_block_delta",
      "event: content_block_stop",
      "event: message_delta",
      "event: message_stop",
    ]);
  });

  it("ends a stream that fails with an error event that names the request, and nothing after it", async () => {
    fails = ErrorCode.OVERLOADED;
    const events = (await (await ask({ stream: true }, { "x-fairlead-request-id": "r-9" })).text()).trim().split("\n\n");
    const [name, data] = events.at(-1)?.split("\n") ?? [];
    expect(name).toBe("event: error");
    expect(JSON.parse((data ?? "").slice("data: ".length))).toMatchObject({ type: "error", error: { type: "overloaded_error" }, request_id: "r-9" });
  });

  it("counts a prompt that needs no bound of an answer, and says where it was estimated", async () => {
    const answer = await post("/v1/messages/count_tokens", { model: "auto", messages: MESSAGES, system: "Be brief." }, { "x-fairlead-request-id": "r-9" });
    expect([answer.status, answer.headers.get("x-fairlead-estimated"), answer.headers.get("request-id")]).toEqual([200, "true", "r-9"]);
    expect(await answer.json()).toEqual({ input_tokens: 12, fairlead: { request_id: "r-9", provider: "google", model: "gemini", estimated: true } });
    expect(counted[0]?.chat?.messages).toHaveLength(2);
    expect(counted[0]?.chat?.maxOutputTokens).toBeUndefined();
  });

  it.each([
    ["/v1/messages", { model: "auto", messages: MESSAGES }, 400, "invalid_request_error", "max_tokens: This field is required."],
    ["/v1/messages/count_tokens", { model: "auto" }, 400, "invalid_request_error", "messages: This field is required."],
    ["/v1/messages/nowhere", {}, 404, "not_found_error", "There is nothing at this path."],
  ])("tells what is wrong with %s in Anthropic's form", async (path, body, status, type, message) => {
    const answer = await post(path, body, { "x-fairlead-request-id": "r-9" });
    expect([answer.status, answer.headers.get("request-id")]).toEqual([status, "r-9"]);
    expect(await answer.json()).toMatchObject({ type: "error", error: { type, message }, request_id: "r-9" });
  });

  it("tells a failure with Anthropic's own status where it has one", async () => {
    fails = ErrorCode.OVERLOADED;
    const answer = await ask();
    expect([answer.status, await answer.json()]).toMatchObject([529, { error: { type: "overloaded_error" } }]);
  });

  it("lists models in the form of whoever asks", async () => {
    const info = { type: "model", id: "claude-x", display_name: "claude-x", created_at: "1970-01-01T00:00:00Z", max_input_tokens: 9, max_tokens: 5 };
    const listed = await get("/v1/models?limit=1");
    expect([listed.headers.get("request-id") === null, await listed.json()]).toEqual([false, { data: [info], has_more: true, first_id: "claude-x", last_id: "claude-x" }]);
    expect(await (await get("/v1/models/anthropic/claude-x")).json()).toEqual({ ...info, id: "anthropic/claude-x", display_name: "anthropic/claude-x" });
    expect(await (await get("/v1/models/claude-x", {})).json()).toMatchObject({ object: "model", id: "claude-x" });
    expect(await (await get("/v1/models", {})).json()).toMatchObject({ object: "list" });
    for (const [path, status, type] of [["/v1/models/nobody", 404, "not_found_error"], ["/v1/models?limit=0", 400, "invalid_request_error"]] as const) {
      const refused = await get(path);
      expect([refused.status, await refused.json()]).toMatchObject([status, { type: "error", error: { type } }]);
    }
  });
});
