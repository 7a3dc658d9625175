import { create, fromJson, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ChatDeltaSchema } from "@fairlead/contracts/chat/v1/chat_delta";
import { AdaptationKind, type ChatResponse, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, type KeptAnswerSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type ExecuteCountTokensRequest,
  ExecuteCountTokensResponseSchema,
  type ExecuteEmbedRequest,
  ExecuteEmbedResponseSchema,
  type ExecuteRequest,
  ExecuteResponseSchema,
  ExecuteStreamResponseSchema,
} from "@fairlead/contracts/execution/v1/execution_service";
import { CacheMode } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import type { GenerateStreamResponse } from "@fairlead/contracts/routing/v1/router_service";
import type { Plan } from "@fairlead/contracts/execution/v1/plan";
import { type FairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { type Bench, offer, startBench } from "./testing/bench.ts";

let bench: Bench;
let chats: ExecuteRequest[];
let counts: ExecuteCountTokensRequest[];
let embeds: ExecuteEmbedRequest[];
let fail: ErrorCode | undefined;

const thrownBy = (work: Promise<unknown>) => work.then(() => undefined as never, (error: unknown) => error as FairleadError);
const placesOf = (plan: Plan | undefined) => plan?.attempts.map(({ provider, model, deployment }) => `${provider}/${model}${deployment && "#"}${deployment}`);

const value = fromJson(ValueSchema, { type: "server_tool_use", id: "s" });
const own = { dialect: "own.chat", value };
const foreign = { content: { case: "foreign" as const, value: own } };
const text = { content: { case: "text" as const, value: { text: "Where is it?" } } };
const thought = (provider: string, deployment: string): MessageInitShape<typeof PartSchema> => ({
  content: { case: "reasoning", value: { signature: new Uint8Array([1]), provider, deployment } },
});
const ask = (parts: MessageInitShape<typeof PartSchema>[] = [text], more: { readonly model?: string; readonly previousAnswer?: MessageInitShape<typeof KeptAnswerSchema> } = {}) =>
  create(ChatRequestSchema, { model: "auto", messages: [{ role: Role.USER, parts }], ...more });
const adaptation = { field: "messages[0].parts[0].reasoning", kind: AdaptationKind.DROPPED, detail: "It is of another." };

const said: ChatResponse = create(ChatResponseSchema, {
  choices: [
    {
      parts: [foreign, { content: { case: "text", value: { text: "so" } }, extraFields: [{ ...own, name: "citations" }] }, { content: { case: "text", value: { text: " on" } } }],
      finishReason: FinishReason.STOP,
      extraFields: [{ ...own, name: "message.annotations" }],
    },
  ],
  usage: { outputTokens: 1 },
  extraFields: [{ ...own, name: "container" }],
  adaptations: [adaptation],
});

beforeEach(async () => {
  [chats, counts, embeds, fail] = [[], [], [], undefined];
  const cheap = { prices: [{ provider: "c", model: "three", input: 1n, output: 1n }] };
  const offers = [
    offer("a", [{ model: "one", deployments: [{ deployment: "east" }, { deployment: "west" }] }]),
    offer("b", [{ model: "two" }], ["own.chat"]),
    offer("c", [{ model: "three", ...cheap }]),
    offer("v", [{ model: "vectors", kind: ModelKind.EMBEDDING }]),
  ];
  const outcomeOf = (plan: Plan | undefined) => ({ provider: plan?.attempts[0]?.provider ?? "", model: plan?.attempts[0]?.model ?? "", deployment: plan?.attempts[0]?.deployment ?? "" });
  bench = await startBench(offers, {
    async execute(request) {
      chats.push(request);
      if (fail !== undefined) throw failure(fail, "All failed.");
      return create(ExecuteResponseSchema, { chat: said, outcome: outcomeOf(request.plan) });
    },
    async *executeStream({ plan }) {
      if (fail !== undefined) throw failure(fail, "All failed.");
      yield create(ExecuteStreamResponseSchema, { deltas: [{ step: { case: "adaptation", value: adaptation } }, { step: { case: "text", value: "so" } }], outcome: outcomeOf(plan) });
      yield create(ExecuteStreamResponseSchema, { deltas: [{ step: { case: "text", value: " on" } }] });
      yield create(ExecuteStreamResponseSchema, { outcome: { ...outcomeOf(plan), costNanoUsd: 7n } });
    },
    async executeCountTokens(request) {
      counts.push(request);
      const { provider, model } = outcomeOf(request.plan);
      return create(ExecuteCountTokensResponseSchema, { inputTokens: 123, estimated: true, provider, model });
    },
    async executeEmbed(request) {
      embeds.push(request);
      return create(ExecuteEmbedResponseSchema, { output: { model: "vectors", adaptations: [{ ...adaptation, field: "dimensions" }] }, outcome: outcomeOf(request.plan) });
    },
  });
});

afterEach(() => bench[Symbol.asyncDispose]());

async function read(request: object): Promise<GenerateStreamResponse[]> {
  const messages: GenerateStreamResponse[] = [];
  for await (const message of bench.client.generateStream(request as never)) messages.push(message);
  return messages;
}

describe("counting the tokens of a prompt", () => {
  it("plans as an answer would be, and tells for whom was counted", async () => {
    const policy = { strategy: "cost" };
    const counted = await bench.client.countTokens({ chat: ask(), policy, context: { requestId: "r-1" } });
    expect(counted).toMatchObject({ inputTokens: 123, estimated: true, provider: "c", model: "three" });
    await bench.client.generate({ chat: ask(), policy });
    expect(counts).toMatchObject([{ requestId: "r-1", chat: { model: "auto" } }]);
    expect(placesOf(counts[0]?.plan)?.[0]).toBe(placesOf(chats[0]?.plan)?.[0]);
    expect(counts[0]?.plan?.limits).toMatchObject({ maxAttempts: 6, attemptMs: 60_000 });
  });

  it("leaves no outcome behind", async () => {
    await bench.client.countTokens({ chat: ask([text], { model: "two" }) });
    await bench.client.generate({ chat: ask() });
    const outcomes = () => bench.events.filter(({ fact }) => fact.case === "outcomeObserved").length;
    while (outcomes() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes()).toBe(1);
    expect(counts.map(({ plan }) => placesOf(plan)?.[0])).toEqual(["b/two"]);
  });

  it("is refused like a request for an answer", async () => {
    expect((await thrownBy(bench.client.countTokens({ chat: ask([text], { model: "nobody" }) }))).code).toBe(ErrorCode.MODEL_NOT_FOUND);
    expect((await thrownBy(bench.client.countTokens({}))).code).toBe(ErrorCode.INVALID_REQUEST);
    expect(counts).toEqual([]);
  });
});

describe("a request that goes on from an answer that its provider keeps", () => {
  const previousAnswer = { provider: "a", deployment: "west", id: "resp_1" };

  it("is planned for that deployment alone", async () => {
    await bench.client.generate({ chat: ask([text], { previousAnswer }), policy: { strategy: "cost" } });
    expect(chats).toMatchObject([{ chat: { previousAnswer } }]);
    expect(placesOf(chats[0]?.plan)).toEqual(["a/one#west"]);
    const { decision } = await bench.client.explain({ chat: ask([text], { previousAnswer }) });
    expect(decision?.reasons.join(" ")).toContain("kept by a (west) alone");
  });

  it("is refused by name where that deployment cannot take it", async () => {
    const gone = await thrownBy(bench.client.generate({ chat: ask([text], { previousAnswer: { ...previousAnswer, provider: "gone" } }) }));
    expect([gone.code, gone.detail.violations[0]?.field]).toEqual([ErrorCode.NO_TARGET, "chat.previous_answer"]);
    const elsewhere = await thrownBy(bench.client.generate({ chat: ask([text], { model: "two", previousAnswer }) }));
    expect([elsewhere.code, elsewhere.detail.violations[0]?.field]).toEqual([ErrorCode.INVALID_REQUEST, "chat.previous_answer"]);
    expect(chats).toEqual([]);
  });
});

describe("a request with what not all can use", () => {
  const strict = { context: { strict: true } };

  it("goes first to the deployment whose reasoning it holds, and may fall back", async () => {
    await bench.client.generate({ chat: ask([thought("a", "west"), text]), policy: { strategy: "cost" } });
    expect(placesOf(chats[0]?.plan)?.[0]).toBe("a/one#west");
    expect(chats[0]?.plan?.attempts).toHaveLength(4);
  });

  it("goes first to who speaks the dialect of its blocks, and to nobody else where nothing may be left out", async () => {
    await bench.client.generate({ chat: ask([foreign, text]), policy: { strategy: "cost" } });
    await bench.client.generate({ chat: ask([foreign, text]), policy: { strategy: "cost" }, ...strict });
    expect(placesOf(chats[0]?.plan)).toHaveLength(4);
    expect(chats.map(({ plan }) => placesOf(plan)?.[0])).toEqual(["b/two", "b/two"]);
    expect(placesOf(chats[1]?.plan)).toHaveLength(1);
    const error = await thrownBy(bench.client.generate({ chat: ask([text, foreign], { model: "one" }), ...strict }));
    expect([error.code, error.detail.violations[0]?.field]).toEqual([ErrorCode.INVALID_REQUEST, "chat.messages[0].parts[1].foreign"]);
  });
});

describe("an answer", () => {
  it("tells in its report what had to be left out", async () => {
    const { chat, report } = await bench.client.generate({ chat: ask() });
    expect(chat).toEqual(said);
    expect(report?.adaptations).toMatchObject([adaptation]);
  });

  it("comes from the store with what only one dialect has", async () => {
    const request = { chat: ask(), context: { cacheMode: CacheMode.READ_WRITE } };
    await bench.client.generate(request);
    const { chat, report } = await bench.client.generate(request);
    expect([report?.cache, chats.length]).toEqual([CacheState.HIT, 1]);
    expect(chat).toEqual(said);
  });

  it("is given again with it where all targets fail, streamed too", async () => {
    const request = { chat: ask(), policy: { degradedAnswer: { staleCache: true } } };
    await bench.client.generate(request);
    fail = ErrorCode.PROVIDER_ERROR;
    const { chat, report } = await bench.client.generate(request);
    expect([report?.degraded, chat]).toEqual(["stale_cache", said]);
    const [, message, ...others] = await read(request);
    expect(message?.report).toMatchObject({ degraded: "stale_cache", provider: "c" });
    expect(others).toEqual([]);
    const step = (one: MessageInitShape<typeof ChatDeltaSchema>["step"]) => create(ChatDeltaSchema, { step: one } as MessageInitShape<typeof ChatDeltaSchema>);
    expect(message?.deltas.slice(1)).toEqual([
      step({ case: "extraField", value: { ...own, name: "container" } }),
      step({ case: "part", value: foreign }),
      step({ case: "part", value: { content: { case: "text", value: { text: "so" } }, extraFields: [{ ...own, name: "citations" }] } }),
      step({ case: "text", value: " on" }),
      step({ case: "extraField", value: { ...own, name: "delta.annotations" } }),
      step({ case: "finished", value: { reason: FinishReason.STOP } }),
      step({ case: "usage", value: { outputTokens: 1 } }),
    ]);
  });

  it("tells in a stream who answers with the first steps, and all of it at the end", async () => {
    const messages = await read({ chat: ask([thought("a", "west"), text]) });
    const reports = messages.flatMap(({ report, deltas }) => (report === undefined ? [] : [{ ...report, steps: deltas.length }]));
    expect(reports).toMatchObject([
      { provider: "", steps: 0, adaptations: [] },
      { provider: "a", model: "one", deployment: "west", steps: 2, adaptations: [adaptation] },
      { provider: "a", costNanoUsd: 7n, steps: 0, adaptations: [adaptation] },
    ]);
    expect(messages).toHaveLength(4);
  });
});

describe("vectors", () => {
  it("are asked for as they were, and tell what had to be left out", async () => {
    const input = { model: "vectors", tokenLists: [{ tokens: [1, 2, 3] }], purpose: 1 };
    const { report } = await bench.client.embed({ input, context: { strict: true } });
    expect(embeds).toMatchObject([{ strict: true, input: { ...input, texts: [] }, plan: { expectedTokens: 3 } }]);
    expect(report?.adaptations).toMatchObject([{ field: "dimensions" }]);
    await bench.client.embed({ input: { model: "vectors", texts: ["a"] } });
    expect(embeds[1]?.strict).toBe(false);
  });
});
