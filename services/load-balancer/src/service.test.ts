import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { BalancingService, type WatchTargetsResponse } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  AdapterAnnouncedSchema,
  AttemptFinishedSchema,
  CircuitChangedSchema,
  type Event,
  LoadReportedSchema,
  type TargetLoadSchema,
} from "@fairlead/contracts/events/v1/event";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { targetKey } from "@fairlead/decision/balancing/adapter-directory";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { Registry } from "prom-client";
import { type LoadBalancerConfig, loadBalancerConfig } from "./config.ts";
import { createLoadBalancer } from "./service.ts";

interface Bench {
  readonly client: Client<typeof BalancingService>;
  readonly metrics: Registry;
  readonly clock: { now: number };
  readonly link: { connected: boolean };
  announce(provider: string, models: string[], settings?: { instance?: string; leaving?: boolean }): void;
  attempt(facts: MessageInitShape<typeof AttemptFinishedSchema>, eventId?: string): void;
  circuit(provider: string, model: string, state: CircuitState, changedAt: number): void;
  /** Tells what an adapter offers, in full. */
  describe(description: MessageInitShape<typeof ProviderDescriptionSchema>): void;
  load(instance: string, loads: MessageInitShape<typeof TargetLoadSchema>[]): void;
  /** The newest targets by "provider/model", once they are as wanted. */
  until(wanted: (targets: Map<string, TargetState>) => boolean): Promise<Map<string, TargetState>>;
  close(): Promise<void>;
}

const START = 1_700_000_000_000;
const benches: Bench[] = [];

function startBench(changes: Partial<LoadBalancerConfig> = {}): Bench {
  const clock = { now: START };
  const link = { connected: true };
  const metrics = new Registry();
  const local = createLocalBus();
  const bus: Bus = { ...local, connected: () => link.connected };
  const config = { ...readConfig(loadBalancerConfig, {}), refreshMs: 5, ...changes };
  const tools = { ...createTools("load-balancer", createLogger("silent"), metrics), now: () => clock.now };
  const state = openEmbeddedState({ file: ":memory:", now: () => clock.now });
  const service = createLoadBalancer(config, { tools, bus, quotas: state.quotas });
  const handlers = service.implementations[0]?.handlers as unknown as Handlers<typeof BalancingService>;
  const client = localClient(BalancingService, handlers);
  let events = 0;
  const publish = (subject: string, fact: Event["fact"], id = `event ${(events += 1)}`) =>
    bus.publish(subject, newEvent({ id, source: "test", now: clock.now }, fact));
  const bench: Bench = {
    client,
    metrics,
    clock,
    link,
    announce(provider, models, { instance = "a", leaving = false } = {}) {
      const description = { provider, instance, models: models.map((model) => ({ model })) };
      const value = create(AdapterAnnouncedSchema, { description, leaving });
      publish(subjects.adapterAnnounced(provider), { case: "adapterAnnounced", value });
    },
    attempt(facts, eventId) {
      const value = create(AttemptFinishedSchema, facts);
      publish(subjects.attemptFinished(value.provider), { case: "attemptFinished", value }, eventId);
    },
    circuit(provider, model, state, changedAt) {
      const value = create(CircuitChangedSchema, {
        circuit: { provider, model, state, changedAt: timestampFromMs(changedAt) },
      });
      publish(subjects.circuitChanged(provider), { case: "circuitChanged", value });
    },
    describe(description) {
      const value = create(AdapterAnnouncedSchema, { description: create(ProviderDescriptionSchema, description) });
      publish(subjects.adapterAnnounced(value.description?.provider ?? ""), { case: "adapterAnnounced", value });
    },
    load(instance, loads) {
      const value = create(LoadReportedSchema, { instance, loads });
      publish(subjects.loadReported(instance), { case: "loadReported", value });
    },
    until: (wanted) => follow(client, wanted),
    async close() {
      await service.close();
      await bus.close();
      await state.close();
    },
  };
  benches.push(bench);
  return bench;
}

async function follow(
  client: Client<typeof BalancingService>,
  wanted: (targets: Map<string, TargetState>) => boolean,
): Promise<Map<string, TargetState>> {
  const targets = new Map<string, TargetState>();
  for await (const message of client.watchTargets({})) {
    if (message.snapshot) targets.clear();
    for (const target of message.targets) targets.set(targetKey(target), target);
    if (wanted(targets)) return targets;
  }
  throw new Error("the stream ended before the targets were as wanted");
}

const figures = (targets: Map<string, TargetState>, key: string) => targets.get(key) as TargetState;

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

describe("load-balancer", () => {
  it("shows announced targets as unmeasured equals", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1", "m2"]);
    bench.announce("azure", ["m1"]);
    const targets = await bench.until((seen) => seen.size === 3);
    expect(figures(targets, "openai/m1")).toMatchObject({
      provider: "openai",
      model: "m1",
      weight: 0.5,
      latencyMs: 0,
      firstTokenMs: 0,
      tokensPerSecond: 0,
      successRate: 1,
      evidence: 0,
      circuit: CircuitState.CLOSED,
      rateLimitedUntilUnixMs: 0n,
    });
    expect(figures(targets, "openai/m2").weight).toBe(1);
  });

  it("measures attempts and moves traffic to the faster of two equals", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.announce("azure", ["m1"]);
    for (let call = 0; call < 20; call += 1) {
      bench.attempt({
        provider: "openai",
        model: "m1",
        durationMs: 400,
        firstTokenMs: 100,
        streamed: true,
        outputTokens: 30,
      });
      bench.attempt({ provider: "azure", model: "m1", durationMs: 2_000 });
    }
    const targets = await bench.until((seen) => (seen.get("azure/m1")?.evidence ?? 0) >= 20);
    expect(figures(targets, "openai/m1")).toMatchObject({
      latencyMs: 400,
      firstTokenMs: 100,
      tokensPerSecond: 100,
      evidence: 20,
    });
    expect(figures(targets, "openai/m1").weight).toBeGreaterThan(0.9);
    expect(figures(targets, "azure/m1").weight).toBeCloseTo(1 - figures(targets, "openai/m1").weight, 2);
  });

  it("counts failures of a target and not those of the request", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    const about = { provider: "openai", model: "m1", durationMs: 10 };
    bench.attempt(about);
    bench.attempt({ ...about, errorCode: ErrorCode.INVALID_REQUEST });
    bench.attempt({ ...about, errorCode: ErrorCode.CANCELLED });
    bench.attempt({ ...about, errorCode: ErrorCode.PROVIDER_ERROR });
    const targets = await bench.until((seen) => (seen.get("openai/m1")?.evidence ?? 0) > 0);
    expect(figures(targets, "openai/m1")).toMatchObject({ successRate: 0.5, evidence: 2 });
  });

  it("acts once on an event that comes ten times", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    for (let time = 0; time < 10; time += 1)
      bench.attempt({ provider: "openai", model: "m1", durationMs: 10 }, "the same");
    const targets = await bench.until((seen) => (seen.get("openai/m1")?.evidence ?? 0) > 0);
    expect(figures(targets, "openai/m1").evidence).toBe(1);
  });

  it("tells an opened circuit well before the next refresh and gives its traffic to the equal", async () => {
    const bench = startBench({ refreshMs: 3_600_000 });
    bench.announce("openai", ["m1"]);
    bench.announce("azure", ["m1"]);
    await bench.until((seen) => seen.size === 2);
    const told = bench.until((seen) => seen.get("openai/m1")?.circuit === CircuitState.OPEN);
    const since = performance.now();
    bench.circuit("openai", "m1", CircuitState.OPEN, START);
    const targets = await told;
    expect(performance.now() - since).toBeLessThan(200);
    expect([figures(targets, "openai/m1").weight, figures(targets, "azure/m1").weight]).toEqual([0, 1]);
  });

  it("believes the later of two reports on a circuit", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.circuit("openai", "m1", CircuitState.OPEN, START - 1_000);
    bench.circuit("openai", "m1", CircuitState.CLOSED, START - 2_000);
    const targets = await bench.until((seen) => seen.get("openai/m1")?.circuit === CircuitState.OPEN);
    expect(figures(targets, "openai/m1").circuit).toBe(CircuitState.OPEN);
    bench.circuit("openai", "m1", CircuitState.CLOSED, START - 500);
    await bench.until((seen) => seen.get("openai/m1")?.circuit === CircuitState.CLOSED);
  });

  it("knows a circuit that was told before its adapter was announced", async () => {
    const bench = startBench();
    bench.circuit("openai", "m1", CircuitState.OPEN, START);
    bench.announce("openai", ["m1"]);
    const targets = await bench.until((seen) => seen.size === 1);
    expect(figures(targets, "openai/m1").circuit).toBe(CircuitState.OPEN);
  });

  it("reads a circuit that nobody reports open any more as half open", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.circuit("openai", "m1", CircuitState.OPEN, START);
    await bench.until((seen) => seen.get("openai/m1")?.circuit === CircuitState.OPEN);
    bench.clock.now += 75_000;
    bench.announce("openai", ["m1"]);
    await bench.until((seen) => seen.get("openai/m1")?.circuit === CircuitState.HALF_OPEN);
  });

  it("gives no traffic to a rate limited target until its time is over", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.announce("azure", ["m1"]);
    bench.attempt({ provider: "openai", model: "m1", errorCode: ErrorCode.RATE_LIMITED, retryAfterMs: 2_000 });
    const limited = await bench.until((seen) => seen.get("openai/m1")?.weight === 0);
    expect(figures(limited, "openai/m1").rateLimitedUntilUnixMs).toBe(BigInt(START + 2_000));
    bench.clock.now += 2_000;
    const free = await bench.until((seen) => (seen.get("openai/m1")?.weight ?? 0) > 0);
    expect(figures(free, "openai/m1").rateLimitedUntilUnixMs).toBe(0n);
  });

  it("lets evidence fade without any event", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.attempt({ provider: "openai", model: "m1", durationMs: 10 });
    await bench.until((seen) => seen.get("openai/m1")?.evidence === 1);
    bench.clock.now += 4_000;
    await bench.until((seen) => (seen.get("openai/m1")?.evidence ?? 1) < 0.9);
  });

  it("removes the targets of an adapter that leaves, and keeps those of its sibling", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1", "m2"], { instance: "a" });
    bench.announce("openai", ["m1"], { instance: "b" });
    await bench.until((seen) => seen.size === 2);
    bench.announce("openai", [], { instance: "a", leaving: true });
    const targets = await bench.until((seen) => seen.size === 1);
    expect([...targets.keys()]).toEqual(["openai/m1"]);
  });

  it("tells those who already watch that targets are gone", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1", "m2"]);
    let steps = 0;
    const told = bench.until((seen) => {
      if (seen.size === 2 && steps === 0) {
        steps = 1;
        bench.announce("openai", ["m2"]);
      }
      return steps === 1 && seen.size === 1;
    });
    expect([...(await told).keys()]).toEqual(["openai/m2"]);
  });

  it("removes the targets of an adapter that has been silent for five seconds, and remembers their figures", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.attempt({ provider: "openai", model: "m1", durationMs: 700 });
    await bench.until((seen) => seen.get("openai/m1")?.latencyMs === 700);
    bench.clock.now += 5_001;
    await bench.until((seen) => seen.size === 0);
    bench.announce("openai", ["m1"]);
    const targets = await bench.until((seen) => seen.size === 1);
    expect(figures(targets, "openai/m1").latencyMs).toBe(700);
  });

  it("keeps its targets while the bus is away and gives adapters time to speak up after it", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    await bench.until((seen) => seen.size === 1);
    bench.link.connected = false;
    bench.clock.now += 60_000;
    await nextTicks();
    bench.link.connected = true;
    bench.clock.now += 4_999;
    await nextTicks();
    expect((await bench.client.listTargets({})).targets).toHaveLength(1);
    bench.clock.now += 2;
    await bench.until((seen) => seen.size === 0);
  });

  it("gives no sign of life while the bus is away, so that the age of the state shows", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    await bench.until((seen) => seen.size === 1);
    const controller = new AbortController();
    const messages: WatchTargetsResponse[] = [];
    bench.link.connected = false;
    setTimeout(() => controller.abort(), 1_300);
    for await (const message of bench.client.watchTargets({}, { signal: controller.signal })) messages.push(message);
    expect(messages.map((message) => message.snapshot)).toEqual([true]);
  });

  it("gives a sign of life every second while nothing changes", async () => {
    const bench = startBench();
    const versions: bigint[] = [];
    for await (const message of bench.client.watchTargets({})) {
      versions.push(message.version);
      if (versions.length === 2) {
        expect(message).toMatchObject({ snapshot: false, targets: [] });
        expect(message.createdAt === undefined ? 0 : timestampMs(message.createdAt)).toBe(START);
        break;
      }
    }
    expect(versions[1]).toBeGreaterThan(versions[0] ?? 0n);
  });

  it("lists targets by provider and model", async () => {
    const bench = startBench();
    bench.announce("openai", ["m2", "m1"]);
    bench.announce("azure", ["m1"]);
    await bench.until((seen) => seen.size === 3);
    const { targets } = await bench.client.listTargets({});
    expect(targets.map(({ provider, model }) => `${provider}/${model}`)).toEqual([
      "azure/m1",
      "openai/m1",
      "openai/m2",
    ]);
  });

  it("keeps no more targets than its bound, those on offer first", async () => {
    const bench = startBench({ maxTargets: 3 });
    for (let index = 0; index < 50; index += 1)
      bench.attempt({ provider: "invented", model: `x${index}`, durationMs: 1 });
    bench.announce("openai", ["m1", "m2", "m3", "m4"]);
    const targets = await bench.until((seen) => seen.size === 3);
    expect([...targets.keys()]).toEqual(["openai/m1", "openai/m2", "openai/m3"]);
    bench.attempt({ provider: "invented", model: "y", durationMs: 1 });
    await nextTicks();
    expect(await bench.metrics.metrics()).toContain("fairlead_balancing_ignored_events_total 1");
  });

  it("names only targets on offer in its metrics", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    for (let index = 0; index < 1_000; index += 1)
      bench.attempt({ provider: "invented", model: `x${index}`, durationMs: 1 });
    bench.attempt({ provider: "openai", model: "m1", durationMs: 250 });
    await bench.until((seen) => seen.get("openai/m1")?.latencyMs === 250);
    const text = await bench.metrics.metrics();
    expect(text).toContain('fairlead_target_latency_ms{provider="openai",model="m1"} 250');
    expect(text).toContain('fairlead_target_success_ratio{provider="openai",model="m1"} 1');
    expect(text).toContain('fairlead_target_weight{provider="openai",model="m1"} 1');
    expect(text).not.toContain("invented");
  });

  it("sums calls in flight and waiting over executors, and forgets an executor that falls silent", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    const about = { provider: "openai", model: "m1" };
    bench.load("a", [{ ...about, active: 3, queued: 2 }]);
    bench.load("b", [{ ...about, active: 4 }]);
    await bench.until((seen) => seen.get("openai/m1")?.active === 7 && seen.get("openai/m1")?.queued === 2);
    bench.load("a", []);
    await bench.until((seen) => seen.get("openai/m1")?.active === 4 && seen.get("openai/m1")?.queued === 0);
    bench.clock.now += 2_000;
    bench.load("a", [{ ...about, active: 1 }]);
    bench.announce("openai", ["m1"]);
    bench.clock.now += 2_000;
    await bench.until((seen) => seen.get("openai/m1")?.active === 1);
  });

  it("shows percentiles of the latency over the last two minutes", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    for (let call = 1; call <= 200; call += 1) bench.attempt({ provider: "openai", model: "m1", durationMs: call * 10 });
    const targets = await bench.until((seen) => (seen.get("openai/m1")?.evidence ?? 0) >= 200);
    const { latencyP50Ms, latencyP95Ms, latencyP99Ms } = figures(targets, "openai/m1");
    expect(Math.abs(latencyP50Ms / 1_000 - 1)).toBeLessThan(0.02);
    expect(Math.abs(latencyP95Ms / 1_900 - 1)).toBeLessThan(0.02);
    expect(Math.abs(latencyP99Ms / 1_980 - 1)).toBeLessThan(0.02);
    bench.clock.now += 121_000;
    bench.announce("openai", ["m1"]);
    await bench.until((seen) => seen.get("openai/m1")?.latencyP99Ms === 0);
  });

  it("shows the traffic of the last minute, failures by code and the cost of a success", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    const about = { provider: "openai", model: "m1", durationMs: 100 };
    for (let call = 0; call < 8; call += 1)
      bench.attempt({ ...about, inputTokens: 900, outputTokens: 100, costNanoUsd: 5_000n });
    bench.attempt({ ...about, errorCode: ErrorCode.TIMEOUT, inputTokens: 500, costNanoUsd: 8_000n });
    bench.attempt({ ...about, errorCode: ErrorCode.RATE_LIMITED });
    bench.attempt({ ...about, errorCode: ErrorCode.RATE_LIMITED });
    const targets = await bench.until((seen) => seen.get("openai/m1")?.requestsPerMinute === 11);
    expect(figures(targets, "openai/m1")).toMatchObject({
      tokensPerMinute: 8_500,
      costPerSuccessNanoUsd: 6_000n,
      errors: { TIMEOUT: 1, RATE_LIMITED: 2 },
    });
    const text = await bench.metrics.metrics();
    expect(text).toContain('fairlead_target_errors{provider="openai",model="m1",code="RATE_LIMITED"} 2');
    expect(text).toContain('fairlead_target_tokens_per_minute{provider="openai",model="m1"} 8500');
  });

  it("shows each deployment of a model by itself, with what was announced of it", async () => {
    const bench = startBench();
    const deployments = [
      { deployment: "east", region: "us-east", weight: 3 },
      { deployment: "west", region: "us-west" },
    ];
    bench.describe({ provider: "azure", models: [{ model: "m1", deployments }] });
    bench.attempt({ provider: "azure", model: "m1", deployment: "west", durationMs: 900 });
    const targets = await bench.until((seen) => seen.get("azure/m1#west")?.latencyMs === 900);
    expect(figures(targets, "azure/m1#east")).toMatchObject({
      deployment: "east",
      region: "us-east",
      announcedWeight: 3,
      latencyMs: 0,
      requestHeadroom: 1,
      tokenHeadroom: 1,
    });
    expect(figures(targets, "azure/m1#west")).toMatchObject({ region: "us-west", announcedWeight: 1 });
  });

  it("weighs providers against each other that offer the same weights under different names", async () => {
    const bench = startBench();
    bench.describe({ provider: "groq", models: [{ model: "llama-70b", canonicalModel: "llama" }] });
    bench.describe({ provider: "together", models: [{ model: "meta/llama-3-70b", canonicalModel: "llama" }] });
    const targets = await bench.until((seen) => seen.size === 2);
    expect(figures(targets, "groq/llama-70b").weight).toBe(0.5);
    expect(figures(targets, "together/meta/llama-3-70b").weight).toBe(0.5);
  });

  it("shows what is left of announced limits, of all targets together that share an account", async () => {
    const bench = startBench();
    const limits = { requestsPerMinute: 10, tokensPerMinute: 20_000n, quotaAccount: "team" };
    bench.describe({ provider: "openai", models: [{ model: "m1", limits }, { model: "m2", limits }, { model: "m3" }] });
    for (let call = 0; call < 3; call += 1)
      bench.attempt({ provider: "openai", model: "m1", durationMs: 5, inputTokens: 1_000 });
    for (let call = 0; call < 2; call += 1)
      bench.attempt({ provider: "openai", model: "m2", durationMs: 5, inputTokens: 1_000 });
    const targets = await bench.until((seen) => seen.get("openai/m2")?.requestHeadroom === 0.5);
    for (const key of ["openai/m1", "openai/m2"])
      expect(figures(targets, key)).toMatchObject({ requestHeadroom: 0.5, tokenHeadroom: 0.75 });
    expect(figures(targets, "openai/m3")).toMatchObject({ requestHeadroom: 1, tokenHeadroom: 1 });
  });

  it("hands out shares of an account's limits, tells how long to wait, and takes back what was not used", async () => {
    const bench = startBench();
    const ask = {
      account: "team",
      holder: "router",
      requestsPerMinute: 60,
      tokensPerMinute: 8_000n,
      wantedRequests: 8,
      wantedTokens: 2_000n,
      minimumTokens: 100n,
    };
    const share = await bench.client.acquireQuota(ask);
    expect(share).toMatchObject({ requests: 3, tokens: 500n, validFor: { seconds: 2n } });
    expect(share.retryAfter).toBeUndefined();
    const shares = [share];
    for (let next = share; next.quotaId !== ""; ) {
      next = await bench.client.acquireQuota(ask);
      if (next.quotaId !== "") shares.push(next);
      else expect(Number(next.retryAfter?.seconds)).toBeGreaterThanOrEqual(0);
    }
    expect(shares.reduce((sum, { tokens }) => sum + tokens, 0n)).toBeLessThanOrEqual(2_000n);
    const { quotaId } = share;
    await bench.client.returnQuota({ account: "team", quotaId, unusedRequests: 3, unusedTokens: 500n });
    expect((await bench.client.acquireQuota(ask)).quotaId).not.toBe("");
    const never = await bench.client.acquireQuota({ ...ask, minimumTokens: 8_001n });
    expect([never.quotaId, never.retryAfter]).toEqual(["", undefined]);
    expect(await bench.metrics.metrics()).toContain('fairlead_balancing_quota_requests_total{outcome="granted"}');
  });

  it("ends all watching when it closes", async () => {
    const bench = startBench();
    const never = expect(bench.until(() => false)).rejects.toThrow("the stream ended");
    await nextTicks();
    await bench.close();
    await never;
  });
});

/** Lets what was published arrive and the service look at it at least once. */
async function nextTicks(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
