import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { ModelKind, ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ArbitrageKind } from "@fairlead/contracts/cost/v1/cost_service";
import type { LongPromptPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AdapterAnnouncedSchema, DecisionMadeSchema, OutcomeObservedSchema } from "@fairlead/contracts/events/v1/event";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { type Bench, closeBenches, follow, NOON, startBench, until } from "./testing/bench.ts";

afterEach(closeBenches);

const DOLLAR = 1_000_000_000n;

describe("effective prices", () => {
  it("are measured from what calls cost, caching included, and streamed", async () => {
    const bench = await startBench();
    announceMesh(bench);
    const watch = follow(bench);
    // 900 of 1,000 tokens of the prompt came from the cache at a tenth of the price.
    const usage = { inputTokens: 100, cacheReadTokens: 900, outputTokens: 500 };
    for (let each = 0; each < 4; each++) await call(bench, `e${each}`, "east", usage, 190n * 1_000n + 500n * 2_000n);
    await tick(bench, async () => watch.messages.some(({ effectivePrices }) => effectivePrices.length > 0));
    const last = () => watch.messages.flatMap(({ effectivePrices }) => effectivePrices).at(-1);
    await tick(bench, () => (last()?.evidence ?? 0) > 3.9);
    expect(last()).toMatchObject({
      provider: "east",
      model: "shared",
      cacheHitShare: 0.9,
      input: 190_000_000n,
      output: 2n * DOLLAR,
    });
    await watch.stop();
  });

  it("are one measurement for all replicas, and outlive them", async () => {
    const bench = await startBench();
    const replica = await startBench({}, bench);
    announceMesh(bench);
    for (let each = 0; each < 20; each++) await call(bench, `e${each}`, "east", { inputTokens: 1_000 }, 1_000_000n);
    const evidence = async (one: Bench) => (await one.client.listArbitrage({})).effectivePrices[0]?.evidence ?? 0;
    for (const one of [bench, replica]) await tick(bench, async () => Math.abs((await evidence(one)) - 20) < 0.1);
    await call(bench, "last", "east", { inputTokens: 1_000 }, 1_000_000n);
    await until(async () => (await bench.client.getSpend({})).rows[0]?.requests === 21n);
    await Promise.all([bench, replica].map(({ service }) => service.close()));
    const again = await startBench({}, bench);
    await tick(bench, async () => Math.abs((await evidence(again)) - 21) < 0.1);
  });

  it("tell nothing of a model whose price is not known", async () => {
    const bench = await startBench();
    await call(bench, "e", "east", { inputTokens: 1_000 }, 5n);
    await until(async () => (await bench.client.getSpend({})).totalNanoUsd === 5n);
    announceMesh(bench);
    await call(bench, "f", "west", { inputTokens: 1_000 }, 5n);
    await tick(bench, async () => (await bench.client.listArbitrage({})).effectivePrices.length > 0);
    expect((await bench.client.listArbitrage({})).effectivePrices).toMatchObject([{ provider: "west" }]);
  });
});

describe("arbitrage", () => {
  it("lists traffic that another provider of the same weights serves for less, by measured prices", async () => {
    const bench = await startBench();
    announceMesh(bench);
    for (let each = 0; each < 25; each++) {
      await call(bench, `e${each}`, "east", { inputTokens: 1_000, outputTokens: 1_000 }, 3_000_000n);
      await call(bench, `w${each}`, "west", { inputTokens: 1_000, outputTokens: 1_000 }, 1_500_000n);
    }
    await tick(bench, async () => (await bench.client.listArbitrage({ minCalls: 20 })).opportunities.length > 0);
    const { opportunities } = await bench.client.listArbitrage({ minCalls: 20 });
    expect(opportunities).toMatchObject([
      {
        kind: ArbitrageKind.SAME_MODEL,
        from: { provider: "east" },
        to: { provider: "west" },
        savingShare: 0.5,
        caveats: [expect.stringContaining("calls only")],
      },
    ]);
    expect((await bench.client.listArbitrage({ minCalls: 26 })).opportunities).toEqual([]);
    expect((await bench.client.listArbitrage({ minCalls: 20, minSavingShare: 0.6 })).opportunities).toEqual([]);
  });

  it("counts what long prompts would cost where the traffic would move", async () => {
    const bench = await startBench();
    announceMesh(bench, [{ aboveTokens: 2_000, input: 2n * DOLLAR, cacheRead: DOLLAR / 5n, output: 4n * DOLLAR }]);
    for (const provider of ["east", "west"]) {
      const dollars = provider === "east" ? 1_000n : 500n;
      for (let each = 0; each < 25; each++) await call(bench, `${provider}${each}`, provider, { inputTokens: 1_000 }, dollars * 1_000n);
    }
    const found = async () => (await bench.client.listArbitrage({ minCalls: 20 })).opportunities;
    await tick(bench, async () => (await found()).length > 0);
    expect(await found()).toMatchObject([{ from: { provider: "east" }, to: { provider: "west" } }]);
    for (let each = 0; each < 25; each++) await call(bench, `long${each}`, "east", { inputTokens: 9_000 }, 9_000_000n);
    await tick(bench, async () => (await found()).length === 0);
  });
});

describe("a replay of recorded decisions", () => {
  it("shows what another policy would have cost, and keeps the record over a new start", async () => {
    const bench = await startBench();
    announceMesh(bench);
    for (let each = 0; each < 30; each++) observe(bench, `r${each}`, "east", each % 3 === 0 ? "umbrella" : "acme");
    const ask = (one: Bench, more: { tenant?: string; sampleLimit?: number } = {}) =>
      one.replay.replayDecisions({ policy: { strategy: "cost" }, ignoreRequestedModel: true, ...more });
    await until(async () => (await ask(bench)).requests === 30n);
    const again = await startBench({}, bench);
    announceMesh(bench);
    await until(async () => (await ask(again)).requests === 30n);
    for (const one of [bench, again]) {
      const report = await ask(one);
      expect(report).toMatchObject({ changedShare: 1, rejectedShare: 0, measuredShare: 0, requestsInTime: 30n });
      expect(report.recorded).toMatchObject({ requests: 30n, costNanoUsd: 30n * 3_000_000n, errorRate: 0 });
      expect(report.policy?.costNanoUsd).toBe(30n * 1_500_000n);
      expect(report.models).toMatchObject([
        { provider: "east", recordedRequests: 30n, policyRequests: 0n },
        { provider: "west", policyRequests: 30n },
      ]);
      expect(report.categories).toMatchObject([{ category: "conversation", changedShare: 1 }]);
      expect(report.notes.join(" ")).toContain("100 percent of the requests");
    }
    expect((await ask(bench, { tenant: "umbrella" })).requests).toBe(10n);
    expect(await ask(bench, { sampleLimit: 7 })).toMatchObject({ requests: 7n, requestsInTime: 30n });
  });

  it("hears which target was tried first from the decision", async () => {
    const bench = await startBench();
    announceMesh(bench);
    const value = create(DecisionMadeSchema, { requestId: "r1", provider: "west", model: "shared" });
    bench.bus.publish(
      subjects.decisionMade("acme"),
      newEvent({ id: "r1/decision", source: "test", now: NOON }, { case: "decisionMade", value }),
    );
    observe(bench, "r1", "east", "acme", { fellBack: true });
    const ask = () => bench.replay.replayDecisions({ policy: { strategy: "cost" } });
    await until(async () => (await ask()).requests === 1n);
    expect(await ask()).toMatchObject({ changedShare: 0, recorded: { firstFailureRate: 1 } });
  });

  it("refuses what it cannot decide by", async () => {
    const bench = await startBench();
    await expect(bench.replay.replayDecisions({ policy: { strategy: "thrift" } })).rejects.toMatchObject({
      code: ErrorCode.INVALID_REQUEST,
    });
    await expect(bench.replay.replayDecisions({})).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    const long = bench.replay.replayDecisions({ policy: {}, start: { seconds: 0n }, end: { seconds: 40n * 86_400n } });
    await expect(long).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    expect((await bench.replay.replayDecisions({ policy: {} })).notes).toContain("Nothing was recorded in this time.");
  });
});

/** The same weights at two providers, one at half the price of the other. */
function announceMesh(bench: Bench, longPromptInWest: MessageInitShape<typeof LongPromptPriceSchema>[] = []): void {
  for (const [provider, factor] of [
    ["east", 2n],
    ["west", 1n],
  ] as const) {
    const price = {
      provider,
      model: "shared",
      input: (factor * DOLLAR) / 2n,
      cacheRead: (factor * DOLLAR) / 20n,
      output: factor * DOLLAR,
      longPrompt: provider === "west" ? longPromptInWest : [],
    };
    const description = create(ProviderDescriptionSchema, {
      provider,
      models: [
        {
          model: "shared",
          kind: ModelKind.CHAT,
          tier: "balanced",
          capabilities: { streaming: true },
          contextWindowTokens: 100_000,
          maxOutputTokens: 4_000,
          strengths: { overall: 0.5 },
          prices: [
            provider === "east" ? { ...price, input: DOLLAR, cacheRead: DOLLAR / 10n, output: 2n * DOLLAR } : price,
          ],
        },
      ],
    });
    const value = create(AdapterAnnouncedSchema, { description });
    bench.bus.publish(
      subjects.adapterAnnounced(provider),
      newEvent(
        { id: `${provider}/${bench.clock.now}`, source: "test", now: bench.clock.now },
        { case: "adapterAnnounced", value },
      ),
    );
  }
}

async function call(
  bench: Bench,
  eventId: string,
  provider: string,
  usage: object,
  costNanoUsd: bigint,
): Promise<void> {
  await bench.tell(eventId, costNanoUsd, [], { lines: [{ provider, model: "shared", usage, costNanoUsd }] });
}

function observe(
  bench: Bench,
  requestId: string,
  provider: string,
  tenant: string,
  more: MessageInitShape<typeof OutcomeObservedSchema> = {},
): void {
  const value = create(OutcomeObservedSchema, {
    requestId,
    tenant,
    strategy: "manual",
    requestedModel: "shared",
    analysis: create(AnalysisSchema, {
      category: "conversation",
      inputTokens: 1_000,
      maxInputTokens: 1_000,
      outputTokens: 1_000,
    }),
    provider,
    model: "shared",
    succeeded: true,
    costNanoUsd: 3_000_000n,
    durationMs: 800,
    usage: create(TokenUsageSchema, { inputTokens: 1_000, outputTokens: 1_000 }),
    attempts: 1,
    ...more,
  });
  bench.bus.publish(
    subjects.outcomeObserved(tenant),
    newEvent({ id: `${requestId}/outcome`, source: "test", now: bench.clock.now }, { case: "outcomeObserved", value }),
  );
}

/** Lets the clock run until something holds. */
async function tick(bench: Bench, condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    bench.clock.now += 50;
    return condition();
  });
}
