import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import type { Plan } from "@fairlead/contracts/execution/v1/plan";
import type { Client } from "@fairlead/rpc/call";
import { ANTHROPIC, ask, GOOGLE, OPENAI, OPENAI_MINI, planOf, startBench } from "./testing/bench.ts";
import { until } from "./testing/until.ts";

const limits = { totalMs: 10_000, maxAttempts: 6, retriesPerTarget: 2 };

/** Sends requests, some at a time, and tells how many were answered and how long the slowest hundredth took. */
async function load(client: Client<typeof ExecutionService>, plan: () => Plan, total: number, atOnce: number) {
  let left = total;
  let answered = 0;
  const took: number[] = [];
  const worker = async () => {
    while (left-- > 0) {
      const started = performance.now();
      await client.execute(ask(plan()) as never).then(
        () => (answered += 1),
        () => undefined,
      );
      took.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  took.sort((a, b) => a - b);
  return { answered, share: answered / total, p99: took[Math.floor(took.length * 0.99)] ?? 0 };
}

const down = (provider: string) => ({ kind: "status" as const, provider, status: 503 });

describe("an outage under load", () => {
  it("of one provider: all are answered, with at most 1.1 calls a request", async () => {
    await using bench = await startBench();
    bench.simulator.setFaults([down("openai")]);
    const { share } = await load(bench.client, () => planOf([OPENAI, OPENAI_MINI, ANTHROPIC, GOOGLE], { limits }), 400, 20);
    expect(share).toBe(1);
    expect(bench.simulator.stats().total).toBeLessThanOrEqual(440);
  }, 30_000);

  it("of the only provider: at most 1.1 calls a request, and next to none once its circuits are open", async () => {
    await using bench = await startBench();
    bench.simulator.setFaults([down("openai")]);
    const { answered } = await load(bench.client, () => planOf([OPENAI, OPENAI_MINI], { limits }), 300, 20);
    expect(answered).toBe(0);
    expect(bench.simulator.stats().total).toBeLessThanOrEqual(100);
  }, 30_000);

  it("of the only provider, where no circuit opens: at most 1.1 calls a request by the budget alone", async () => {
    await using bench = await startBench({ circuitFailures: 1_000, circuitFailureRate: 0, retrySaved: 1, retryFirstMs: 1 });
    bench.simulator.setFaults([down("openai")]);
    await load(bench.client, () => planOf([OPENAI], { limits }), 300, 20);
    const { total } = bench.simulator.stats();
    expect(total).toBeLessThanOrEqual(331);
    expect(total).toBeGreaterThanOrEqual(300);
  }, 30_000);

  it("of a provider that swallows its calls: its circuit is open within three of their time limits", async () => {
    await using bench = await startBench();
    bench.simulator.setFaults([{ kind: "hang", provider: "openai" }]);
    const attemptMs = 300;
    const loading = load(bench.client, () => planOf([OPENAI, ANTHROPIC], { limits: { ...limits, attemptMs } }), 2_000, 20);
    const started = performance.now();
    const isOpen = async () => (await bench.client.listCircuits({})).circuits.some(({ model, state }) => model === OPENAI.model && state === CircuitState.OPEN);
    await until(isOpen, 3 * attemptMs + 100);
    expect(performance.now() - started).toBeLessThan(3 * attemptMs + 100);
    expect((await loading).share).toBe(1);
  }, 30_000);

  it("of all but one provider: 99.9 % are answered, whatever the order of the plan", async () => {
    await using bench = await startBench();
    bench.simulator.setFaults([down("openai"), down("google")]);
    const { share } = await load(bench.client, () => planOf([OPENAI, GOOGLE, OPENAI_MINI, ANTHROPIC], { limits }), 500, 20);
    expect(share).toBeGreaterThanOrEqual(0.999);
  }, 30_000);

  it("with a fifth of all calls failing at every provider: 99.9 % are answered, and hardly later", async () => {
    await using bench = await startBench();
    for (const provider of ["openai", "anthropic", "google"]) bench.simulator.setModel(provider, "*", { firstTokenMs: 30 });
    const plan = () => planOf([OPENAI, ANTHROPIC, GOOGLE], { limits });
    const calm = await load(bench.client, plan, 500, 20);
    bench.simulator.setFaults(["openai", "anthropic", "google"].map((provider) => ({ kind: "status" as const, provider, status: 500, probability: 0.2 })));
    const rough = await load(bench.client, plan, 1_500, 20);
    expect(rough.share).toBeGreaterThanOrEqual(0.999);
    expect(rough.p99).toBeLessThanOrEqual(2 * Math.max(calm.p99, 60));
  }, 60_000);
});
