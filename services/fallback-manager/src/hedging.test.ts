import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ANTHROPIC, ask, type Bench, GOOGLE, OPENAI, planOf, readStream, startBench } from "./testing/bench.ts";
import { until } from "./testing/until.ts";

const limits = { totalMs: 10_000, maxAttempts: 6, hedgeAfterMs: 100 };

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe("hedging", () => {
  it("asks the next target beside a late one, takes the first answer, calls the other off and accounts for both", async () => {
    bench.simulator.setModel("openai", "*", { firstTokenMs: 5_000 });
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC], { limits })) as never);
    expect(outcome).toMatchObject({ ...ANTHROPIC, hedged: true });
    expect(outcome?.attempts).toMatchObject([
      { number: 1, ...OPENAI, hedge: false, errorCode: ErrorCode.CANCELLED },
      { number: 2, ...ANTHROPIC, hedge: true, errorCode: ErrorCode.UNSPECIFIED },
    ]);
    const costs = outcome?.attempts.map(({ costNanoUsd }) => costNanoUsd) ?? [];
    expect(costs.every((cost) => cost > 0n)).toBe(true);
    expect(outcome?.costNanoUsd).toBe(costs.reduce((sum, cost) => sum + cost, 0n));
    await until(() => bench.facts("costIncurred").length === 1);
    const lines = bench.facts("costIncurred")[0]?.lines ?? [];
    expect(lines.map(({ provider, usage }) => [provider, usage?.estimated])).toEqual(expect.arrayContaining([["openai", true], ["anthropic", false]]));
    await until(() => bench.simulator.requests({ provider: "openai" }).every(({ abortedAt }) => typeof abortedAt === "number"));
    expect(await bench.metrics.metrics()).toMatch(/fairlead_hedges_total\{outcome="won"\} 1/);
  });

  it("takes a stream from whoever shows content first, and nothing of the other", async () => {
    bench.simulator.setModel("openai", "*", { firstTokenMs: 5_000, text: "from the late one" });
    bench.simulator.setModel("anthropic", "*", { text: "from the early one" });
    const { text, outcome } = await readStream(bench.client, ask(planOf([OPENAI, ANTHROPIC], { limits })));
    expect(text).toBe("from the early one");
    expect(outcome).toMatchObject({ ...ANTHROPIC, hedged: true, attempts: [{ errorCode: ErrorCode.CANCELLED }, { hedge: true }] });
    expect(outcome?.attempts[0]?.costNanoUsd).toBeGreaterThan(0n);
    await until(() => bench.simulator.requests({ provider: "openai" }).every(({ abortedAt }) => typeof abortedAt === "number"));
  });

  it("keeps the first where it answers first after all", async () => {
    bench.simulator.setModel("openai", "*", { firstTokenMs: 250 });
    bench.simulator.setModel("anthropic", "*", { firstTokenMs: 5_000 });
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC], { limits })) as never);
    expect(outcome).toMatchObject({ ...OPENAI, hedged: true });
    expect(outcome?.attempts).toMatchObject([{ ...ANTHROPIC, errorCode: ErrorCode.CANCELLED, hedge: true }, { ...OPENAI }]);
    expect(await bench.metrics.metrics()).toMatch(/fairlead_hedges_total\{outcome="lost"\} 1/);
  });

  it("goes on with the second where the first fails meanwhile, and with the third where both do", async () => {
    bench.simulator.setFaults([{ kind: "delay", provider: "openai", ms: 5_000 }]);
    bench.simulator.setModel("openai", "*", { firstTokenMs: 250 });
    bench.simulator.setFaults([{ kind: "cut", provider: "openai", afterBytes: 10 }, { kind: "cut", provider: "anthropic", afterBytes: 10 }]);
    bench.simulator.setModel("anthropic", "*", { firstTokenMs: 300 });
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC, GOOGLE], { limits })) as never);
    expect(outcome?.attempts.map(({ provider, errorCode }) => [provider, errorCode === ErrorCode.UNSPECIFIED])).toEqual([["openai", false], ["anthropic", false], ["google", true]]);
  });

  it("asks nobody else where the content comes in time, or has begun to come", async () => {
    bench.simulator.setModel("openai", "*", { chunks: 20, outputTokens: 200, tokensPerSecond: 500 });
    const streamed = await readStream(bench.client, ask(planOf([OPENAI, ANTHROPIC], { limits, checks: { refusal: true, holdStream: true } })));
    expect(streamed.outcome).toMatchObject({ ...OPENAI, hedged: false });
    expect(bench.simulator.requests()).toHaveLength(1);
  });

  it("asks nobody else where both together could cost more than the request's limit or what is held for it", async () => {
    bench.simulator.setModel("openai", "*", { firstTokenMs: 250 });
    const dear = { worstCaseCostNanoUsd: 1_000_000n };
    const targets = [{ ...OPENAI, ...dear }, { ...ANTHROPIC, ...dear }];
    const limited = await bench.client.execute(ask(planOf(targets, { limits: { ...limits, maxCostNanoUsd: 1_999_999n } })) as never);
    expect(limited.outcome).toMatchObject({ ...OPENAI, hedged: false });
    const holds = [{ leaseId: "l", budgetId: "b", amountNanoUsd: 1_999_999n }];
    const held = await bench.client.execute(ask(planOf(targets, { limits }), undefined, {}, { holds }) as never);
    expect(held.outcome).toMatchObject({ ...OPENAI, hedged: false });
    const roomy = await bench.client.execute(ask(planOf(targets, { limits: { ...limits, maxCostNanoUsd: 2_000_000n } })) as never);
    expect(roomy.outcome?.hedged).toBe(true);
  });

  it("asks a second target for no more than its share of requests", async () => {
    await using poor = await startBench({ hedgeRatio: 0.1, hedgeSaved: 1 });
    poor.simulator.setModel("openai", "*", { firstTokenMs: 150 });
    const asked = Array.from({ length: 20 }, () => poor.client.execute(ask(planOf([OPENAI, ANTHROPIC], { limits: { ...limits, hedgeAfterMs: 50 } })) as never));
    const hedged = (await Promise.all(asked)).filter(({ outcome }) => outcome?.hedged === true).length;
    expect(hedged).toBeGreaterThanOrEqual(1);
    expect(hedged).toBeLessThanOrEqual(3);
    expect(await poor.metrics.metrics()).toMatch(/fairlead_hedges_total\{outcome="refused"\} 1\d/);
  });
});
