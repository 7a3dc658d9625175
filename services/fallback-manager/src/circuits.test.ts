import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Circuit, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import type { Client } from "@fairlead/rpc/call";
import { StateError } from "@fairlead/state/state-error";
import { ANTHROPIC, ask, type Bench, OPENAI, OPENAI_MINI, planOf, startBench } from "./testing/bench.ts";
import { until } from "./testing/until.ts";

let bench: Bench | undefined;
const limits = { totalMs: 5_000, maxAttempts: 6 };
const failing = (provider: string, more: object = {}) => ({ kind: "status" as const, provider, status: 500, ...more });

afterEach(() => bench?.[Symbol.asyncDispose]());

const circuitOf = async (client: Client<typeof ExecutionService>, target: { provider: string; model: string; deployment?: string }): Promise<Circuit | undefined> =>
  (await client.listCircuits({})).circuits.find((one) => one.provider === target.provider && one.model === target.model && one.deployment === (target.deployment ?? ""));

const isState = (client: Client<typeof ExecutionService>, target: typeof OPENAI, state: CircuitState) => async () => (await circuitOf(client, target))?.state === state;

const call = (client: Client<typeof ExecutionService>, targets: readonly object[]) => client.execute(ask(planOf(targets, { limits })) as never).catch(() => undefined);

/** Calls made of models, beside probes of their provider. */
const chats = (of: Bench, provider: string) => of.simulator.requests({ provider }).filter(({ method }) => method === "POST").length;

describe("a circuit", () => {
  it("opens for one model at one deployment, and for no other", async () => {
    bench = await startBench();
    bench.simulator.setFaults([failing("openai", { model: "gpt-4o" })]);
    const east = { ...OPENAI, deployment: "east" };
    for (let count = 0; count < 5; count++) await call(bench.client, [OPENAI]);
    expect(await circuitOf(bench.client, OPENAI)).toMatchObject({ state: CircuitState.OPEN, consecutiveFailures: 5, windowCalls: 5, windowFailures: 5 });
    expect((await call(bench.client, [OPENAI_MINI]))?.outcome?.model).toBe("gpt-4o-mini");
    await call(bench.client, [east]);
    expect(await circuitOf(bench.client, east)).toMatchObject({ state: CircuitState.CLOSED });
    await until(() => bench?.facts("circuitChanged").length === 1);
    const closed = await bench.client.resetCircuit(OPENAI);
    expect(closed.circuit?.state).toBe(CircuitState.CLOSED);
  });

  it("opens at a share of failures, also where no five come in a row", async () => {
    bench = await startBench({ circuitMinCalls: 10, circuitFailureRate: 0.4 });
    for (let count = 0; count < 12; count++) {
      bench.simulator.setFaults(count % 2 === 0 ? [failing("openai")] : []);
      await call(bench.client, [OPENAI]);
    }
    expect(await circuitOf(bench.client, OPENAI)).toMatchObject({ state: CircuitState.OPEN });
  });

  it("does not open for what its callers do wrong, nor for rate limits and refusals", async () => {
    bench = await startBench();
    for (const status of [400, 404, 413, 429]) {
      bench.simulator.setFaults([failing("openai", { status, retryAfter: 0 })]);
      for (let count = 0; count < 6; count++) await call(bench.client, [OPENAI]);
    }
    expect(await circuitOf(bench.client, OPENAI)).toMatchObject({ state: CircuitState.CLOSED });
  });

  it("is tried early once its provider answers a probe, and closes after three successes", async () => {
    bench = await startBench({ probeMs: 50 });
    bench.simulator.setFaults([failing("openai")]);
    for (let count = 0; count < 5; count++) await call(bench.client, [OPENAI]);
    expect(await isState(bench.client, OPENAI, CircuitState.OPEN)()).toBe(true);
    const asked = chats(bench, "openai");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await isState(bench.client, OPENAI, CircuitState.OPEN)()).toBe(true);
    expect(chats(bench, "openai")).toBe(asked);
    bench.simulator.clearFaults();
    await until(isState(bench.client, OPENAI, CircuitState.HALF_OPEN));
    for (let count = 0; count < 3; count++) expect((await call(bench.client, [OPENAI]))?.outcome?.provider).toBe("openai");
    expect(await circuitOf(bench.client, OPENAI)).toMatchObject({ state: CircuitState.CLOSED });
  });

  it("is tried less and less often where its provider answers probes and fails calls", async () => {
    bench = await startBench({ probeMs: 40, probeMostMs: 2_000 });
    bench.simulator.setFaults([failing("openai", { model: "gpt-4o" })]);
    const end = performance.now() + 1_500;
    while (performance.now() < end) {
      await call(bench.client, [OPENAI, ANTHROPIC]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // At every 40 ms it would have been tried some 35 times beside the first five.
    expect(chats(bench, "openai")).toBeLessThanOrEqual(12);
  });

  it("lets one call through at a time while it is half open", async () => {
    bench = await startBench({ circuitOpenMs: 100, probeMs: 60_000 });
    bench.simulator.setFaults([failing("openai")]);
    for (let count = 0; count < 5; count++) await call(bench.client, [OPENAI]);
    await until(isState(bench.client, OPENAI, CircuitState.HALF_OPEN));
    bench.simulator.clearRequests();
    bench.simulator.setFaults([{ kind: "hang", provider: "openai" }]);
    const { client } = bench;
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.execute(ask(planOf([OPENAI, ANTHROPIC], { limits: { ...limits, attemptMs: 500 } })) as never)));
    expect(answers.every(({ outcome }) => outcome?.provider === "anthropic")).toBe(true);
    expect(chats(bench, "openai")).toBe(1);
    expect(await circuitOf(client, OPENAI)).toMatchObject({ state: CircuitState.OPEN });
  });
});

describe("the circuits of several replicas", () => {
  it("are the same within a second, of those that start later too, and one replica tries for all", async () => {
    bench = await startBench({ circuitOpenMs: 400, probeMs: 60_000 });
    const second = await bench.start();
    bench.simulator.setFaults([failing("openai")]);
    for (let count = 0; count < 5; count++) await call(bench.client, [OPENAI]);
    await until(isState(second.client, OPENAI, CircuitState.OPEN), 1_000);
    const third = await bench.start();
    expect(await isState(third.client, OPENAI, CircuitState.OPEN)()).toBe(true);
    const clients = [bench.client, second.client, third.client];
    for (const client of clients) await until(isState(client, OPENAI, CircuitState.HALF_OPEN), 2_000);
    bench.simulator.setFaults([{ kind: "hang", provider: "openai" }]);
    bench.simulator.clearRequests();
    const plan = planOf([OPENAI, ANTHROPIC], { limits: { ...limits, attemptMs: 500 } });
    await Promise.all([...clients, ...clients, ...clients].map((client) => client.execute(ask(plan) as never)));
    expect(chats(bench, "openai")).toBe(1);
    bench.simulator.clearFaults();
    for (const client of clients) await until(isState(client, OPENAI, CircuitState.HALF_OPEN), 2_000);
    const closes = async () => {
      for (const client of clients) await call(client, [OPENAI, ANTHROPIC]);
      return (await Promise.all(clients.map((client) => isState(client, OPENAI, CircuitState.CLOSED)()))).every(Boolean);
    };
    await until(closes, 2_000);
  });

  it("are tried by each replica alone where the store that they share cannot be reached", async () => {
    bench = await startBench({ circuitOpenMs: 100, probeMs: 60_000 }, (store) => ({
      ...store,
      load: () => Promise.reject(new StateError("unavailable", "it is down")),
      save: () => Promise.reject(new StateError("unavailable", "it is down")),
      claim: () => Promise.reject(new StateError("unavailable", "it is down")),
    }));
    bench.simulator.setFaults([failing("openai", { times: 5 })]);
    for (let count = 0; count < 5; count++) await call(bench.client, [OPENAI]);
    const { client } = bench;
    await until(async () => (await call(client, [OPENAI]))?.outcome?.provider === "openai");
    const skipped = await call(client, [OPENAI]);
    expect(skipped?.outcome?.attempts[0]?.errorCode).toBe(ErrorCode.UNSPECIFIED);
  });
});
