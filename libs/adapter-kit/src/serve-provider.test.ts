import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { malformedAnswer } from "./malformed.ts";
import { localClient } from "@fairlead/rpc/local-client";
import { Registry } from "prom-client";
import { create } from "@bufbuild/protobuf";
import { ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { finishedDelta, startedDelta, textDelta, usageDelta } from "./deltas.ts";
import type { DeltaSource } from "./delta-source.ts";
import { type Provider, serveProvider } from "./serve-provider.ts";
import { recordingTracer } from "./testing/recording-tracer.ts";
import { tokenUsage } from "./token-usage.ts";

const chat = { model: "m", messages: [{ role: 3, parts: [{ content: { case: "text" as const, value: { text: "x".repeat(40) } } }] }], temperature: 0.5 };

function source(lists: ChatDelta[][], failing?: Error): DeltaSource & { closed: number } {
  return {
    closed: 0,
    async next() {
      const list = lists.shift();
      if (list === undefined && failing !== undefined) throw failing;
      return list;
    },
    close() {
      this.closed++;
    },
  };
}

function serve(parts: Partial<Provider>) {
  const description = create(ProviderDescriptionSchema, { provider: "p", telemetryName: "p.tel", simulated: true });
  const offer = { description, labelOf: () => undefined };
  const provider = { offer, ...parts } as unknown as Provider;
  const { tracer, spans } = recordingTracer();
  const metrics = new Registry();
  const client = localClient(AdapterService, serveProvider(provider, { tracer, metrics, now: Date.now }));
  return { client, spans, metrics };
}

async function read(stream: AsyncIterable<{ deltas: ChatDelta[] }>) {
  const lists: ChatDelta[][] = [];
  for await (const message of stream) lists.push(message.deltas);
  return lists;
}

describe("serving a provider", () => {
  it("hands on what arrived together as one message, and estimates usage where none was told", async () => {
    const { client, spans, metrics } = serve({ chatStream: async () => source([[startedDelta("id", "m-1", 0), textDelta(0, "ab")], [textDelta(0, "cdefgh"), finishedDelta(0, 1, "stop")]]) });
    const lists = await read(client.chatStream({ chat }));
    expect(lists.map((list) => list.map((delta) => delta.step.case))).toEqual([["started", "text"], ["text", "finished"], ["usage"]]);
    expect(lists[2]?.[0]?.step.value).toMatchObject({ inputTokens: 10, outputTokens: 2, estimated: true });
    expect(spans[0]).toMatchObject({
      name: "chat m",
      ended: 1,
      attributes: { "gen_ai.provider.name": "p.tel", "gen_ai.request.stream": true, "gen_ai.request.temperature": 0.5, "gen_ai.response.model": "m-1", "gen_ai.response.finish_reasons": ["stop"], "gen_ai.usage.output_tokens": 2 },
    });
    const text = await metrics.metrics();
    expect(text).toMatch(/operation_duration_seconds_count\{[^}]*gen_ai_request_model="other",error_type=""\} 1/);
    expect(text).toMatch(/time_to_first_chunk_seconds_count\{[^}]*\} 1/);
  });

  it("keeps the provider's own usage and adds none", async () => {
    const { client } = serve({ chatStream: async () => source([[textDelta(0, "a"), usageDelta(tokenUsage({ outputTokens: 7 }))]]) });
    expect((await read(client.chatStream({ chat }))).flat()).toHaveLength(2);
  });

  it("names the provider in failures and counts them by their code", async () => {
    const broken = source([[textDelta(0, "a")]], malformedAnswer("broken"));
    const { client, spans, metrics } = serve({ chatStream: async () => broken });
    await expect(read(client.chatStream({ chat }))).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER, detail: { provider: "p" } });
    expect(broken.closed).toBe(1);
    expect(spans[0]?.attributes).toMatchObject({ "error.type": "MALFORMED_ANSWER" });
    expect(await metrics.metrics()).toContain('error_type="MALFORMED_ANSWER"');
  });

  it("ends a call at its deadline with TIMEOUT", async () => {
    const { client } = serve({ chat: (_request, call) => new Promise((_, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason))) });
    await expect(client.chat({ chat }, { deadline: Date.now() + 20 })).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
  });

  it("closes the stream when the reader stops early, and ends its span once", async () => {
    const endless = source(Array.from({ length: 100 }, () => [textDelta(0, "a")]));
    const { client, spans } = serve({ chatStream: async () => endless });
    for await (const message of client.chatStream({ chat })) if (message.deltas.length > 0) break;
    expect(endless.closed).toBe(1);
    expect(spans[0]).toMatchObject({ ended: 1, attributes: { "error.type": "CANCELLED" } });
  });

  it("hands the deployment on, and names it in the span", async () => {
    let asked = "";
    const { client, spans } = serve({ embed: async (_input, call) => ({ asked: (asked = call.deployment) }) as never });
    await client.embed({ input: { model: "m", texts: ["a"] }, deployment: "eu" });
    expect(asked).toBe("eu");
    expect(spans[0]?.attributes).toMatchObject({ "fairlead.deployment": "eu" });
  });

  it("hands on the limit for connecting that the caller's header tells, and none where it tells none", async () => {
    const limits: number[] = [];
    const { client } = serve({ embed: async (_input, call) => ({ asked: limits.push(call.connectMs) }) as never });
    const input = { model: "m", texts: ["a"] };
    await client.embed({ input }, { headers: { "x-fairlead-connect-ms": "250" } });
    await client.embed({ input }, { headers: { "x-fairlead-connect-ms": "soon" } });
    await client.embed({ input });
    expect(limits).toEqual([250, 0, 0]);
  });

  it("tells how long a probe took, and names the provider where it failed", async () => {
    const healthy = serve({ probe: async () => undefined });
    expect((await healthy.client.probe({})).durationMs).toBeGreaterThanOrEqual(0);
    const broken = serve({ probe: () => Promise.reject(malformedAnswer("broken")) });
    await expect(broken.client.probe({})).rejects.toMatchObject({ code: ErrorCode.MALFORMED_ANSWER, detail: { provider: "p" } });
  });

  it("lets no more calls through at a time than the target bears, and tells how many wait", async () => {
    const answers: (() => void)[] = [];
    const { client, metrics } = serve({ embed: () => new Promise((resolve) => answers.push(() => resolve({ usage: undefined } as never))) });
    const ask = () => client.embed({ input: { model: "m", texts: ["a"] } });
    const calls = Array.from({ length: 260 }, ask);
    await new Promise(setImmediate);
    expect(answers).toHaveLength(256);
    const text = await metrics.metrics();
    expect(text).toMatch(/fairlead_adapter_calls_in_flight\{provider="p",deployment="",model="other"\} 256/);
    expect(text).toMatch(/fairlead_adapter_calls_waiting\{[^}]*\} 4/);
    for (let answered = 0; answered < 260; answered++) {
      answers[answered]?.();
      await new Promise(setImmediate);
    }
    await Promise.all(calls);
    expect(await metrics.metrics()).toMatch(/fairlead_adapter_calls_in_flight\{[^}]*\} 0/);
  });

  it("calls what a provider throws beside its failures a defect", async () => {
    const { client } = serve({ chat: () => Promise.reject(new TypeError("x is not a function")) });
    await expect(client.chat({ chat })).rejects.toMatchObject({ code: ErrorCode.INTERNAL });
  });
});
