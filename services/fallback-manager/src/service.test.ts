import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { FairleadError } from "@fairlead/rpc/fairlead-error";
import { ANTHROPIC, ask, type Bench, GOOGLE, OPENAI, planOf, readStream, startBench } from "./testing/bench.ts";
import { until } from "./testing/until.ts";

let bench: Bench;
const thrownBy = (work: Promise<unknown>) => work.then(() => undefined as never, (error: unknown) => error as FairleadError);
const failing = (provider: string, status = 500, more: object = {}) => ({ kind: "status" as const, provider, status, ...more });

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe("carrying out a plan", () => {
  it("answers from the first target, tells what it cost, and what it would have cost elsewhere", async () => {
    const dear = { provider: "openai", model: "x", input: 10_000_000_000n, output: 20_000_000_000n };
    const asked = ask(planOf([{ ...OPENAI, region: "north" }, ANTHROPIC]), undefined, {}, { dearestPrice: dear });
    const { chat, outcome } = await bench.client.execute(asked as never);
    expect(chat?.choices).toHaveLength(1);
    expect(outcome).toMatchObject({ ...OPENAI, hedged: false, attempts: [{ number: 1, ...OPENAI, errorCode: ErrorCode.UNSPECIFIED }] });
    expect(outcome?.usage?.outputTokens).toBeGreaterThan(0);
    expect(outcome?.qualityScore).toBeUndefined();
    await until(() => bench.facts("costIncurred").length === 1);
    const [cost] = bench.facts("costIncurred");
    expect(cost).toMatchObject({ succeeded: true, strategy: "cost", lines: [{ ...OPENAI, costNanoUsd: outcome?.costNanoUsd }] });
    expect(cost?.dearestCostNanoUsd).toBe((outcome?.costNanoUsd ?? 0n) * 10n);
    expect(cost?.requestedCostNanoUsd).toBeUndefined();
    expect(bench.facts("attemptFinished")).toMatchObject([{ ...OPENAI, region: "north", costNanoUsd: outcome?.costNanoUsd, hedge: false }]);
    expect(bench.facts("attemptFinished")[0]?.inputTokens).toBe(outcome?.usage?.inputTokens);
  });

  it("goes on to the next target at once, and tells both", async () => {
    bench.simulator.setFaults([failing("openai")]);
    const started = performance.now();
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC])) as never);
    expect(performance.now() - started).toBeLessThan(500);
    expect(outcome?.attempts).toMatchObject([{ ...OPENAI, errorCode: ErrorCode.PROVIDER_ERROR, number: 1 }, { ...ANTHROPIC, number: 2 }]);
  });

  it("tries no other target after a failure that the plan calls final", async () => {
    bench.simulator.setFaults([failing("openai")]);
    const plan = planOf([OPENAI, ANTHROPIC], { finalCodes: [ErrorCode.PROVIDER_ERROR], limits: { totalMs: 5_000, maxAttempts: 6, retriesPerTarget: 2 } });
    const error = await thrownBy(bench.client.execute(ask(plan) as never));
    expect(error.code).toBe(ErrorCode.PROVIDER_ERROR);
    expect(error.detail.attempts).toHaveLength(1);
    expect(bench.simulator.requests()).toHaveLength(1);
  });

  it("never says a provider's own words or keys in an error", async () => {
    bench.simulator.setFaults([failing("openai", 400, { body: { error: { message: "key sk-secret-canary is wrong for tell-tale" } } })]);
    const error = await thrownBy(bench.client.execute(ask(planOf([OPENAI])) as never));
    expect(JSON.stringify(error.detail.attempts.map((attempt) => attempt.errorMessage)) + error.message).not.toMatch(/canary|tell-tale/);
    expect(error.detail.attempts).toHaveLength(1);
  });

  it("tells the failure and not who was skipped after it, and when a closed door may open again", async () => {
    bench.simulator.setFaults([failing("openai")]);
    const plan = planOf([OPENAI], { limits: { totalMs: 5_000, maxAttempts: 6 } });
    for (let count = 0; count < 5; count++) await thrownBy(bench.client.execute(ask(plan) as never));
    const error = await thrownBy(bench.client.execute(ask(plan) as never));
    expect(error.code).toBe(ErrorCode.CIRCUIT_OPEN);
    expect(error.detail.retryable).toBe(true);
    expect(Number(error.detail.retryAfter?.seconds)).toBeGreaterThan(50);
    expect(error.detail.attempts).toMatchObject([{ ...OPENAI, skipped: true, errorCode: ErrorCode.CIRCUIT_OPEN }]);
    expect(bench.simulator.requests()).toHaveLength(5);
    bench.simulator.setFaults([failing("anthropic")]);
    const mixed = await thrownBy(bench.client.execute(ask(planOf([ANTHROPIC, OPENAI])) as never));
    expect(mixed.code).toBe(ErrorCode.PROVIDER_ERROR);
    expect(mixed.detail.attempts).toMatchObject([{ ...ANTHROPIC, skipped: false }, { ...OPENAI, skipped: true }]);
  });

  it("keeps the cost of all attempts within the request's limit", async () => {
    bench.simulator.setModel("openai", "*", { text: "" });
    bench.simulator.setModel("anthropic", "*", { outputTokens: 20 });
    const dear = { worstCaseCostNanoUsd: 1_000_000n };
    const limits = { totalMs: 5_000, maxAttempts: 6 };
    const within = await bench.client.execute(ask(planOf([{ ...OPENAI, ...dear }, ANTHROPIC], { limits: { ...limits, maxCostNanoUsd: 999_999n } })) as never);
    expect(within.outcome?.attempts).toMatchObject([{ ...OPENAI, skipped: true, errorCode: ErrorCode.COST_LIMIT_EXCEEDED }, ANTHROPIC]);
    const none = await thrownBy(bench.client.execute(ask(planOf([{ ...OPENAI, ...dear }, { ...GOOGLE, ...dear }], { limits: { ...limits, maxCostNanoUsd: 1n } })) as never));
    expect(none.code).toBe(ErrorCode.COST_LIMIT_EXCEEDED);
    // An answer that does not pass has cost something: what is left has no room for the same again.
    const checks = { minScore: 0.5 };
    const spent = await thrownBy(
      bench.client.execute(ask(planOf([{ ...OPENAI, ...dear }, { ...GOOGLE, ...dear }], { checks, limits: { ...limits, maxCostNanoUsd: 1_000_000n } })) as never),
    );
    expect(spent.code).toBe(ErrorCode.QUALITY_REJECTED);
    expect(spent.detail.attempts).toMatchObject([{ failedCheck: "score" }, { skipped: true, errorCode: ErrorCode.COST_LIMIT_EXCEEDED }]);
    const holds = [{ leaseId: "l", budgetId: "b", amountNanoUsd: 1_000_000n }];
    const held = await thrownBy(bench.client.execute(ask(planOf([{ ...OPENAI, ...dear }, { ...GOOGLE, ...dear }], { checks }), undefined, {}, { holds }) as never));
    expect(held.detail.attempts).toMatchObject([{ failedCheck: "score" }, { skipped: true, errorCode: ErrorCode.BUDGET_EXCEEDED }]);
  });

  it("reports the calls in flight while they last, and none at its end", async () => {
    bench.simulator.setModel("openai", "*", { firstTokenMs: 400 });
    const running = bench.client.execute(ask(planOf([OPENAI])) as never);
    await until(() => bench.facts("loadReported").some(({ loads }) => loads.some(({ provider, model, active }) => provider === "openai" && model === "gpt-4o" && active === 1)));
    await running;
    await until(() => bench.facts("loadReported").at(-1)?.loads.length === 0);
    const reported = bench.facts("loadReported").length;
    await until(() => bench.facts("loadReported").length > reported, 2_000);
    bench.simulator.setFaults([{ kind: "hang" }]);
    const replica = await bench.start();
    const hanging = replica.client.execute(ask(planOf([OPENAI], { limits: { totalMs: 500, maxAttempts: 1 } })) as never).catch(() => undefined);
    await until(() => bench.facts("loadReported").some(({ instance, loads }) => instance === "replica-2" && loads.length === 1));
    await replica.service.close();
    await until(() => bench.facts("loadReported").filter(({ instance }) => instance === "replica-2").at(-1)?.loads.length === 0);
    await hanging;
  });

  it("asks for a dated form of a model by its name, and tells the model as planned", async () => {
    const { outcome } = await bench.client.execute(ask(planOf([{ ...OPENAI, askedModel: "gpt-4o-2024-08-06" }])) as never);
    expect(bench.simulator.requests()).toMatchObject([{ model: "gpt-4o-2024-08-06" }]);
    expect(outcome?.model).toBe("gpt-4o");
  });

  it("carries vectors out like answers", async () => {
    const plan = planOf([{ provider: "openai", model: "text-embedding-3-small" }]);
    const { account } = ask(plan);
    const { output, outcome } = await bench.client.executeEmbed({ account, plan, input: { model: "auto", texts: ["one", "two"] } } as never);
    expect(output?.embeddings).toHaveLength(2);
    expect(outcome?.usage?.inputTokens).toBeGreaterThan(0);
  });
});

describe("retrying", () => {
  const limits = { totalMs: 10_000, maxAttempts: 6, retriesPerTarget: 2 };

  it("calls a target again that got over its failure", async () => {
    bench.simulator.setFaults([failing("openai", 500, { times: 2 })]);
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI], { limits })) as never);
    expect(outcome?.attempts.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.PROVIDER_ERROR, ErrorCode.PROVIDER_ERROR, ErrorCode.UNSPECIFIED]);
  });

  it("asks every other target first", async () => {
    bench.simulator.setFaults([failing("openai", 500, { times: 1 }), failing("anthropic", 500, { times: 1 })]);
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC], { limits })) as never);
    expect(outcome?.attempts.map(({ provider }) => provider)).toEqual(["openai", "anthropic", "openai"]);
  });

  it("waits as long as a provider asked for where it is the only one", async () => {
    bench.simulator.setFaults([failing("openai", 429, { retryAfter: 1, times: 1 })]);
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI], { limits })) as never);
    expect(outcome?.attempts).toMatchObject([{ errorCode: ErrorCode.RATE_LIMITED }, { errorCode: ErrorCode.UNSPECIFIED }]);
    const [first, second] = bench.simulator.requests();
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(995);
  });

  it("does not wait for a provider that asks for more time than there is", async () => {
    bench.simulator.setFaults([failing("openai", 429, { retryAfter: 60 })]);
    const started = performance.now();
    const error = await thrownBy(bench.client.execute(ask(planOf([OPENAI], { limits })) as never));
    expect(performance.now() - started).toBeLessThan(500);
    expect(error.code).toBe(ErrorCode.RATE_LIMITED);
    expect(Number(error.detail.retryAfter?.seconds)).toBeGreaterThan(55);
  });

  it("keeps other requests from a target that asked to wait", async () => {
    bench.simulator.setFaults([failing("openai", 429, { retryAfter: 60, times: 1 })]);
    await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC])) as never);
    const { outcome } = await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC])) as never);
    expect(outcome?.attempts).toMatchObject([{ ...OPENAI, skipped: true, errorCode: ErrorCode.RATE_LIMITED }, ANTHROPIC]);
    expect(bench.simulator.requests({ provider: "openai" })).toHaveLength(1);
    await bench.client.resetCircuit(OPENAI);
    expect((await bench.client.execute(ask(planOf([OPENAI, ANTHROPIC])) as never)).outcome?.provider).toBe("openai");
  });

  it("pays for further calls from a budget, and tells when it is empty", async () => {
    await using poor = await startBench({ retryRatio: 0, retrySaved: 1, circuitFailures: 100 });
    poor.simulator.setFaults([failing("openai", 500)]);
    const first = await thrownBy(poor.client.execute(ask(planOf([OPENAI], { limits })) as never));
    expect(first.detail.attempts).toHaveLength(2);
    const second = await thrownBy(poor.client.execute(ask(planOf([OPENAI], { limits })) as never));
    expect(second.detail.attempts).toHaveLength(1);
    expect(await poor.metrics.metrics()).toMatch(/fairlead_retries_refused_total 2\b/);
  });
});

describe("streams", () => {
  it("end with an outcome that tells the time to the first content and the usage", async () => {
    const { text, outcome } = await readStream(bench.client, ask(planOf([OPENAI])));
    expect(text).not.toBe("");
    expect(outcome?.firstTokenMs).toBeGreaterThan(0);
    expect(outcome?.usage?.outputTokens).toBeGreaterThan(0);
  });

  it("fall back before their first content, when it is late too", async () => {
    bench.simulator.setFaults([{ kind: "hang", provider: "openai" }]);
    const plan = planOf([OPENAI, ANTHROPIC], { limits: { totalMs: 5_000, maxAttempts: 6, firstTokenMs: 300 } });
    const { text, outcome } = await readStream(bench.client, ask(plan));
    expect(text).not.toBe("");
    expect(outcome?.attempts).toMatchObject([{ ...OPENAI, errorCode: ErrorCode.TIMEOUT }, ANTHROPIC]);
    await until(() => bench.simulator.requests({ provider: "openai" }).every(({ abortedAt }) => typeof abortedAt === "number"));
  });

  it("end with an error when a part is late, and repeat nothing", async () => {
    bench.simulator.setModel("openai", "*", { chunks: 10, outputTokens: 100, tokensPerSecond: 10 });
    const plan = planOf([OPENAI, ANTHROPIC], { limits: { totalMs: 20_000, maxAttempts: 6, gapMs: 300 } });
    const { thrown } = await readStream(bench.client, ask(plan));
    expect((thrown as FairleadError).code).toBe(ErrorCode.STREAM_INTERRUPTED);
    expect(bench.simulator.requests()).toHaveLength(1);
    await until(() => bench.facts("costIncurred").length === 1);
    expect(bench.facts("costIncurred")[0]).toMatchObject({ succeeded: false, lines: [{ usage: { estimated: true } }] });
  });

  it("are called off when their reader goes, and account for what came, once", async () => {
    bench.simulator.setModel("openai", "*", { chunks: 100, outputTokens: 1_000, tokensPerSecond: 100 });
    const leaving = new AbortController();
    const reading = (async () => {
      for await (const { deltas } of bench.client.executeStream(ask(planOf([OPENAI])) as never, { signal: leaving.signal })) if (deltas.length > 0) leaving.abort();
    })();
    await reading.catch(() => undefined);
    const leftAt = Date.now();
    await until(() => typeof bench.simulator.requests()[0]?.abortedAt === "number");
    expect((bench.simulator.requests()[0]?.abortedAt ?? 0) - leftAt).toBeLessThan(200);
    await until(() => bench.facts("costIncurred").length === 1);
    expect(bench.facts("costIncurred")[0]).toMatchObject({ succeeded: false, lines: [OPENAI] });
    expect(bench.facts("costIncurred")[0]?.lines[0]?.costNanoUsd).toBeGreaterThan(0n);
  });
});
