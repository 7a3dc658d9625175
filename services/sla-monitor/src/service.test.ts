import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  AdapterAnnouncedSchema,
  type AlertChanged,
  AttemptFinishedSchema,
  type Event,
} from "@fairlead/contracts/events/v1/event";
import { type TargetHealth, Verdict } from "@fairlead/contracts/sla/v1/health";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { Registry } from "prom-client";
import { type SlaMonitorConfig, slaMonitorConfig } from "./config.ts";
import { createSlaMonitor } from "./service.ts";

interface Bench {
  readonly client: Client<typeof SlaService>;
  readonly metrics: Registry;
  readonly clock: { now: number };
  readonly alerts: AlertChanged[];
  announce(provider: string, models: string[]): void;
  attempts(count: number, facts: MessageInitShape<typeof AttemptFinishedSchema>): void;
  /** The newest health by "provider/model", once it is as wanted. */
  until(wanted: (targets: Map<string, TargetHealth>) => boolean): Promise<Map<string, TargetHealth>>;
  close(): Promise<void>;
}

const START = 1_700_000_000_000;
const M1 = { provider: "openai", model: "m1", durationMs: 100 };
const benches: Bench[] = [];

function startBench(changes: Partial<SlaMonitorConfig> = {}): Bench {
  const clock = { now: START };
  const metrics = new Registry();
  const bus: Bus = createLocalBus();
  const config = { ...readConfig(slaMonitorConfig, {}), reviewMs: 5, ...changes };
  const tools = { ...createTools("sla-monitor", createLogger("silent"), metrics), now: () => clock.now };
  const service = createSlaMonitor(config, { tools, bus });
  const handlers = service.implementations[0]?.handlers as unknown as Handlers<typeof SlaService>;
  const client = localClient(SlaService, handlers);
  const alerts: AlertChanged[] = [];
  bus.subscribe(patterns.alertChanged, (events) => {
    for (const { fact } of events) if (fact.case === "alertChanged") alerts.push(fact.value);
  });
  let events = 0;
  const publish = (subject: string, fact: Event["fact"]) =>
    bus.publish(subject, newEvent({ id: `event ${(events += 1)}`, source: "test", now: clock.now }, fact));
  const bench: Bench = {
    client,
    metrics,
    clock,
    alerts,
    announce(provider, models) {
      const value = create(AdapterAnnouncedSchema, {
        description: { provider, models: models.map((model) => ({ model })) },
      });
      publish(subjects.adapterAnnounced(provider), { case: "adapterAnnounced", value });
    },
    attempts(count, facts) {
      for (let call = 0; call < count; call += 1) {
        const value = create(AttemptFinishedSchema, facts);
        publish(subjects.attemptFinished(value.provider), { case: "attemptFinished", value });
      }
    },
    until: (wanted) => follow(client, wanted),
    async close() {
      await service.close();
      await bus.close();
    },
  };
  benches.push(bench);
  return bench;
}

async function follow(
  client: Client<typeof SlaService>,
  wanted: (targets: Map<string, TargetHealth>) => boolean,
): Promise<Map<string, TargetHealth>> {
  const targets = new Map<string, TargetHealth>();
  for await (const message of client.watchHealth({})) {
    if (message.snapshot) targets.clear();
    for (const target of message.targets) targets.set(`${target.provider}/${target.model}`, target);
    if (wanted(targets)) return targets;
  }
  throw new Error("the stream ended before the targets were as wanted");
}

const verdictIs = (verdict: Verdict) => (targets: Map<string, TargetHealth>) =>
  targets.get("openai/m1")?.verdict === verdict;

/** Resolves when the condition holds, at the latest after five seconds. */
async function eventually(condition: () => boolean): Promise<void> {
  const until = performance.now() + 5_000;
  while (!condition() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 2));
}

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

describe("sla-monitor", () => {
  it("shows figures without a verdict while calls are few", async () => {
    const bench = startBench();
    bench.attempts(9, { ...M1, errorCode: ErrorCode.PROVIDER_ERROR });
    const targets = await bench.until((seen) => seen.get("openai/m1")?.calls === 9n);
    expect(targets.get("openai/m1")).toMatchObject({ verdict: Verdict.UNSPECIFIED, reason: "", successRate: 0 });
  });

  it("finds a target healthy and shows its percentiles", async () => {
    const bench = startBench();
    for (let call = 1; call <= 100; call += 1) bench.attempts(1, { ...M1, durationMs: call * 10 });
    const health = (await bench.until((seen) => seen.get("openai/m1")?.calls === 100n)).get("openai/m1");
    expect(health).toMatchObject({ verdict: Verdict.HEALTHY, successRate: 1 });
    for (const [shown, exact] of [
      [health?.latencyP50Ms, 500],
      [health?.latencyP95Ms, 950],
      [health?.latencyP99Ms, 990],
    ]) {
      expect(Math.abs((shown ?? 0) - (exact ?? 0))).toBeLessThanOrEqual(0.02 * (exact ?? 0) + 10);
    }
  });

  it("finds a target degraded, then unhealthy, as failures add up", async () => {
    const bench = startBench();
    bench.attempts(90, M1);
    bench.attempts(10, { ...M1, errorCode: ErrorCode.OVERLOADED });
    const degraded = await bench.until(verdictIs(Verdict.DEGRADED));
    expect(degraded.get("openai/m1")?.reason).toBe("The success rate of 90 % is below 95 %.");
    bench.attempts(20, { ...M1, errorCode: ErrorCode.OVERLOADED });
    const unhealthy = await bench.until(verdictIs(Verdict.UNHEALTHY));
    expect(unhealthy.get("openai/m1")?.reason).toBe("The success rate of 75 % is below 85 %.");
  });

  it("finds a slow target unhealthy", async () => {
    const bench = startBench();
    bench.attempts(20, { ...M1, durationMs: 20_000 });
    const targets = await bench.until(verdictIs(Verdict.UNHEALTHY));
    expect(targets.get("openai/m1")?.reason).toMatch(
      /^The 95th percentile of the latency, \d+ ms, is above 15000 ms\.$/,
    );
  });

  it("does not hold failures of requests against a target", async () => {
    const bench = startBench();
    bench.attempts(50, { ...M1, errorCode: ErrorCode.INVALID_REQUEST });
    bench.attempts(50, { ...M1, errorCode: ErrorCode.CANCELLED });
    bench.attempts(10, M1);
    const targets = await bench.until((seen) => seen.get("openai/m1")?.calls === 10n);
    expect(targets.get("openai/m1")?.verdict).toBe(Verdict.HEALTHY);
  });

  it("tells a new verdict to those who watch in well under a second at its usual pace", async () => {
    const bench = startBench({ reviewMs: 250 });
    bench.attempts(20, M1);
    await bench.until(verdictIs(Verdict.HEALTHY));
    const told = bench.until(verdictIs(Verdict.UNHEALTHY));
    const since = performance.now();
    bench.attempts(20, { ...M1, errorCode: ErrorCode.PROVIDER_ERROR });
    await told;
    expect(performance.now() - since).toBeLessThan(700);
  });

  it("tells an alert once at its start and once at its end", async () => {
    const bench = startBench();
    for (let round = 0; round < 5; round += 1) {
      bench.attempts(20, { ...M1, errorCode: ErrorCode.PROVIDER_ERROR });
      await bench.until((seen) => seen.get("openai/m1")?.calls === BigInt(20 * (round + 1)));
    }
    await eventually(() => bench.alerts.length > 0);
    expect(bench.alerts).toMatchObject([
      {
        alertId: "sla/openai/m1",
        severity: "critical",
        message: "openai/m1 is unhealthy. The success rate of 0 % is below 85 %.",
        resolved: false,
      },
    ]);
    bench.clock.now += 300_000;
    bench.attempts(20, M1);
    await bench.until(verdictIs(Verdict.HEALTHY));
    await eventually(() => bench.alerts.length > 1);
    expect(bench.alerts.slice(1)).toMatchObject([{ alertId: "sla/openai/m1", resolved: true }]);
    const text = await bench.metrics.metrics();
    expect(text).toContain('fairlead_sla_alerts_total{change="raised"} 1');
    expect(text).toContain('fairlead_sla_alerts_total{change="resolved"} 1');
  });

  it("ends the alert about a target that nobody calls any more, and forgets the target", async () => {
    const bench = startBench();
    bench.attempts(20, { ...M1, errorCode: ErrorCode.TIMEOUT });
    await bench.until(verdictIs(Verdict.UNHEALTHY));
    bench.clock.now += 310_000;
    await bench.until((seen) => seen.size === 0);
    await eventually(() => bench.alerts.length === 2);
    expect(bench.alerts[1]).toMatchObject({ message: "openai/m1 is called too seldom to be judged.", resolved: true });
    expect((await bench.client.listHealth({})).targets).toEqual([]);
  });

  it("watches no more targets than its bound, and others once there is room", async () => {
    const bench = startBench({ maxTargets: 2 });
    for (let index = 0; index < 5; index += 1) bench.attempts(1, { ...M1, model: `m${index}` });
    const targets = await bench.until((seen) => seen.size === 2);
    expect([...targets.keys()]).toEqual(["openai/m0", "openai/m1"]);
    expect(await bench.metrics.metrics()).toContain("fairlead_sla_unwatched_calls_total 3");
    bench.clock.now += 310_000;
    await bench.until((seen) => seen.size === 0);
    bench.attempts(1, { ...M1, model: "m4" });
    expect([...(await bench.until((seen) => seen.size === 1)).keys()]).toEqual(["openai/m4"]);
  });

  it("lists targets by provider and model", async () => {
    const bench = startBench();
    for (const [provider, model] of [
      ["openai", "m2"],
      ["openai", "m1"],
      ["azure", "m3"],
    ] as const) {
      bench.attempts(1, { ...M1, provider, model });
    }
    await bench.until((seen) => seen.size === 3);
    const { targets } = await bench.client.listHealth({});
    expect(targets.map(({ provider, model }) => `${provider}/${model}`)).toEqual([
      "azure/m3",
      "openai/m1",
      "openai/m2",
    ]);
  });

  it("names only announced targets in its metrics; of the others it shows the worst", async () => {
    const bench = startBench();
    bench.announce("openai", ["m1"]);
    bench.attempts(20, M1);
    bench.attempts(20, { ...M1, model: "invented one", errorCode: ErrorCode.PROVIDER_ERROR });
    bench.attempts(20, { ...M1, model: "invented two" });
    await bench.until((seen) => [...seen.values()].filter(({ calls }) => calls === 20n).length === 3);
    const text = await bench.metrics.metrics();
    expect(text).toContain('fairlead_target_verdict{provider="openai",model="m1"} 1');
    expect(text).toContain('fairlead_target_verdict{provider="other",model="other"} 3');
    expect(text).not.toContain("invented");
  });
});
