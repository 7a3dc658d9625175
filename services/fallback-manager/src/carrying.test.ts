import { create, fromJson, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ChatResponseSchema as AdapterChatResponseSchema, ChatStreamResponseSchema, type EmbedRequest, EmbedResponseSchema } from "@fairlead/contracts/adapter/v1/adapter_service";
import { type ChatDelta, ChatDeltaSchema } from "@fairlead/contracts/chat/v1/chat_delta";
import { AdaptationKind, type ChatResponse, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { ExecuteStreamResponse } from "@fairlead/contracts/execution/v1/execution_service";
import type { FairleadError } from "@fairlead/rpc/fairlead-error";
import { ANTHROPIC, ask, type Bench, OPENAI, planOf, startBench } from "./testing/bench.ts";

let bench: Bench;
const OWN = { provider: "own", model: "one", deployment: "east" };
const CHECKS = { refusal: true, minScore: 0.5, holdStream: true };
const thrownBy = (work: Promise<unknown>) => work.then(() => undefined as never, (error: unknown) => error as FairleadError);

const value = fromJson(ValueSchema, { type: "server_tool_use", input: { query: "q" } });
const field = (name: string) => ({ dialect: "anthropic.messages", name, value });
const foreign = { content: { case: "foreign" as const, value: { dialect: "anthropic.messages", value } } };
const adaptation = { field: "messages[0].parts[0].reasoning", kind: AdaptationKind.DROPPED, detail: "It is of another." };

const whole: ChatResponse = create(ChatResponseSchema, {
  id: "a",
  model: "one",
  choices: [
    {
      parts: [foreign, { content: { case: "text", value: { text: "The harbour lies in the north." } }, extraFields: [field("citations")] }],
      finishReason: FinishReason.STOP,
      extraFields: [field("logprobs")],
    },
  ],
  usage: { inputTokens: 3, outputTokens: 5 },
  extraFields: [field("container")],
  adaptations: [adaptation],
});

const steps: NonNullable<MessageInitShape<typeof ChatDeltaSchema>["step"]>[] = [
  { case: "adaptation", value: adaptation },
  { case: "started", value: { id: "a", model: "one" } },
  { case: "extraField", value: field("service_tier") },
  { case: "part", value: foreign },
  { case: "extraField", value: field("content_block.citations") },
  { case: "text", value: "The harbour lies in the north." },
  { case: "finished", value: { reason: FinishReason.STOP } },
  { case: "usage", value: { inputTokens: 3, outputTokens: 5 } },
];
const deltas: ChatDelta[] = steps.map((step) => create(ChatDeltaSchema, { step }));

async function* streamed(of: readonly ChatDelta[]) {
  for (const delta of of) yield create(ChatStreamResponseSchema, { deltas: [delta] });
}

async function read(request: object): Promise<ExecuteStreamResponse[]> {
  const messages: ExecuteStreamResponse[] = [];
  for await (const message of bench.client.executeStream(request as never)) messages.push(message);
  return messages;
}

beforeEach(async () => {
  bench = await startBench();
  await bench.serve("own", { chat: async () => create(AdapterChatResponseSchema, { chat: whole }), chatStream: () => streamed(deltas) });
});

afterEach(() => bench[Symbol.asyncDispose]());

describe("what only one dialect has", () => {
  it.each([undefined, CHECKS])("comes through whole, with checks %j", async (checks) => {
    const { chat } = await bench.client.execute(ask(planOf([OWN], checks && { checks })) as never);
    expect(chat).toEqual(whole);
  });

  it.each([undefined, CHECKS, { refusal: true }])("comes through streamed, with checks %j", async (checks) => {
    const messages = await read(ask(planOf([OWN], checks && { checks })));
    expect(messages.flatMap((message) => message.deltas)).toEqual(deltas);
    expect(messages.at(-1)?.outcome).toMatchObject({ ...OWN, usage: { outputTokens: 5 } });
  });

  it("counts among the bytes of a stream that is held back", async () => {
    await using small = await startBench({ heldStreamBytes: 2_000 });
    const large = fromJson(ValueSchema, { body: "x".repeat(3_000) });
    const grown = (step: NonNullable<MessageInitShape<typeof ChatDeltaSchema>["step"]>) => [deltas[1] as ChatDelta, deltas[5] as ChatDelta, create(ChatDeltaSchema, { step })];
    await small.serve("block", { chatStream: () => streamed(grown({ case: "part", value: { content: { case: "foreign", value: { dialect: "d", value: large } } } })) });
    await small.serve("field", { chatStream: () => streamed(grown({ case: "extraField", value: { dialect: "d", name: "f", value: large } })) });
    for (const provider of ["block", "field"]) {
      const reading = (async () => {
        for await (const message of small.client.executeStream(ask(planOf([{ provider, model: "m" }], { checks: CHECKS })) as never)) expect(message.deltas).toEqual([]);
      })();
      expect((await thrownBy(reading)).message).toContain("2000 bytes");
    }
  });

  it("is no content by itself: a stream can still fall back after a field", async () => {
    const broken = [deltas[1] as ChatDelta, deltas[2] as ChatDelta];
    await bench.serve("broken", { chatStream: () => streamed(broken) });
    const messages = await read(ask(planOf([{ provider: "broken", model: "m" }, OWN])));
    expect(messages.flatMap((message) => message.deltas)).toEqual(deltas);
    expect(messages.at(-1)?.outcome?.attempts).toMatchObject([{ provider: "broken", errorCode: ErrorCode.MALFORMED_ANSWER }, OWN]);
  });
});

describe("a stream", () => {
  it("tells with its first steps who answers", async () => {
    const messages = await read(ask(planOf([{ provider: "gone", model: "m" }, OWN])));
    expect(messages[0]).toMatchObject({ outcome: { ...OWN, attempts: [{ provider: "gone", skipped: true }] } });
    expect(messages[0]?.deltas.length).toBeGreaterThan(0);
    expect(messages.slice(1, -1).every(({ outcome }) => outcome === undefined)).toBe(true);
  });
});

describe("reasoning of one provider", () => {
  const thought = { content: { case: "reasoning" as const, value: { text: "hm", signature: new Uint8Array([1]), provider: "openai", deployment: "east" } } };
  const say = (text: string) => ({ content: { case: "text" as const, value: { text } } });
  const messages = [
    { role: Role.USER, parts: [say("Where is it?")] },
    { role: Role.ASSISTANT, parts: [thought, say("In the north.")] },
    { role: Role.USER, parts: [say("Sure?")] },
  ];
  const dropped = { field: "messages[1].parts[0].reasoning", kind: AdaptationKind.DROPPED };

  beforeEach(() => bench.simulator.setFaults([{ kind: "status", provider: "openai", status: 500 }]));

  it("is left out where another takes over, and the answer says so", async () => {
    const { chat, outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC]), undefined, { messages }) as never);
    expect(outcome?.provider).toBe("anthropic");
    expect(chat?.adaptations).toMatchObject([dropped]);
    const streamed = await read(ask(planOf([OPENAI, ANTHROPIC]), undefined, { messages }));
    const told = streamed.flatMap((message) => message.deltas).flatMap(({ step }) => (step.case === "adaptation" ? [step.value] : []));
    expect(told).toMatchObject([dropped]);
  });

  it("is refused where nothing may be left out", async () => {
    const error = await thrownBy(bench.client.execute({ ...ask(planOf([OPENAI, ANTHROPIC]), undefined, { messages }), strict: true } as never));
    expect(error.code).toBe(ErrorCode.INVALID_REQUEST);
    expect(error.detail.violations).toMatchObject([{ field: `chat.${dropped.field}` }]);
  });
});

describe("vectors", () => {
  it("are asked for as they were, strictly where that is wanted, and tell what had to be left out", async () => {
    const asked: EmbedRequest[] = [];
    const output = { model: "one", embeddings: [{ values: [1] }], usage: { inputTokens: 3 }, adaptations: [{ ...adaptation, field: "dimensions" }] };
    await bench.serve("vectors", {
      async embed(request) {
        asked.push(request);
        return create(EmbedResponseSchema, { output });
      },
    });
    const { account, plan } = ask(planOf([{ provider: "vectors", model: "one" }]));
    const input = { model: "auto", tokenLists: [{ tokens: [1, 2, 3] }], purpose: 2, unknownFields: [field("user")] };
    const answered = await bench.client.executeEmbed({ account, plan, input, strict: true } as never);
    expect(asked).toMatchObject([{ strict: true, input: { ...input, model: "one", texts: [] } }]);
    expect(answered.output).toMatchObject(output);
    await bench.client.executeEmbed({ account, plan, input } as never);
    expect(asked[1]?.strict).toBe(false);
  });
});
