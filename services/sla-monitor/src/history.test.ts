import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { eventually, type Ground, layGround, pass, type Replica, startReplica } from "./testing/bench.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const call = { provider: "openai", model: "m1", tenant: "acme", region: "eu", durationMs: 100 };
const target = { provider: "openai", model: "m1" };

let ground: Ground;
const replicas: Replica[] = [];

async function start(config: NonNullable<Parameters<typeof startReplica>[1]>["config"] = {}): Promise<Replica> {
  const replica = await startReplica(ground, { config });
  replicas.push(replica);
  return replica;
}

async function stop(replica: Replica): Promise<void> {
  await replica.close();
  replicas.splice(replicas.indexOf(replica), 1);
}

/** Lets events arrive before the clock moves on. */
const arrived = () => new Promise((resolve) => setTimeout(resolve, 15));

async function report({ client }: Replica, metric: SlaMetric, request: { readonly start?: Timestamp; readonly end?: Timestamp } = {}) {
  const { levels } = await client.getComplianceReport({ scope: target, ...request });
  return levels.find((level) => level.metric === metric);
}

beforeEach(() => {
  ground = layGround();
  ground.clock.now = Math.floor(ground.clock.now / HOUR) * HOUR + 10 * MINUTE;
});

afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  await ground.close();
});

describe("compliance reports", () => {
  it("tell what was attained, what of the budget is left, how fast it burns and when levels were breached", async () => {
    const replica = await start();
    ground.attempts(900, call);
    await arrived();
    await pass(ground, MINUTE, MINUTE);
    const breached = ground.clock.now;
    ground.attempts(100, { ...call, errorCode: ErrorCode.OVERLOADED });
    await arrived();
    const level = await report(replica, SlaMetric.SUCCESS_RATE);
    expect(level).toMatchObject({ objective: 0.95, unit: "calls", good: 900, bad: 100, attained: 0.9, kept: false, budgetLeft: expect.closeTo(-1) });
    expect(level?.burn).toMatchObject({ lastHour: expect.closeTo(2), last5Minutes: expect.closeTo(2), fast: false, slow: false });
    expect(level?.breaches).toMatchObject([{ worst: Verdict.DEGRADED, worstValue: expect.closeTo(0.9), metric: SlaMetric.SUCCESS_RATE }]);
    expect(level?.breaches[0]?.end).toBeUndefined();
    await pass(ground, 6 * MINUTE, 2 * MINUTE);
    ground.attempts(50, call);
    await arrived();
    await pass(ground, 15_000, 1_000);
    const [breach] = (await report(replica, SlaMetric.SUCCESS_RATE))?.breaches ?? [];
    expect(breach?.start === undefined ? 0 : timestampMs(breach.start)).toBe(breached);
    expect(breach?.end).toBeDefined();
    const availability = await report(replica, SlaMetric.AVAILABILITY);
    expect(availability).toMatchObject({ unit: "minutes", good: 2, bad: 1 });
  });

  it("count slow calls against the objective of a percentile", async () => {
    const replica = await start();
    ground.attempts(90, call);
    ground.attempts(10, { ...call, durationMs: 6_000 });
    await arrived();
    expect(await report(replica, SlaMetric.LATENCY_P95)).toMatchObject({ objective: 0.95, good: 90, bad: 10, budgetLeft: expect.closeTo(-1) });
  });

  it("hold for periods, by the minute and by the hour, also after a new start, and count nothing twice", async () => {
    let replica = await start();
    const begun = ground.clock.now;
    const second = await start();
    for (let step = 0; step < 12; step += 1) {
      ground.attempts(10, call);
      ground.attempts(step % 4 === 0 ? 2 : 0, { ...call, errorCode: ErrorCode.TIMEOUT });
      await arrived();
      await pass(ground, 10 * MINUTE, 10 * MINUTE);
    }
    const whole = { good: 120, bad: 6 };
    expect(await report(replica, SlaMetric.SUCCESS_RATE)).toMatchObject(whole);
    expect(await report(second, SlaMetric.SUCCESS_RATE)).toMatchObject(whole);
    await stop(second);
    await stop(replica);
    replica = await start();
    expect(await report(replica, SlaMetric.SUCCESS_RATE)).toMatchObject(whole);
    const half = { start: timestampFromMs(begun), end: timestampFromMs(begun + 40 * MINUTE) };
    expect(await report(replica, SlaMetric.SUCCESS_RATE, half)).toMatchObject({ good: 40, bad: 2 });
    ground.clock.now += 12 * HOUR;
    await arrived();
    const later = await report(replica, SlaMetric.SUCCESS_RATE);
    expect(later?.good).toBe(120);
    const thatDay = { start: timestampFromMs(begun - HOUR), end: timestampFromMs(begun + 3 * HOUR) };
    expect(await report(replica, SlaMetric.SUCCESS_RATE, thatDay)).toMatchObject(whole);
  });

  it("go on within a minute after a new start", async () => {
    let replica = await start();
    ground.attempts(10, call);
    await arrived();
    await stop(replica);
    replica = await start();
    ground.attempts(5, call);
    await arrived();
    expect(await report(replica, SlaMetric.SUCCESS_RATE)).toMatchObject({ good: 15, bad: 0 });
  });

  it.each([
    ["a period without an end after its start", { start: timestampFromMs(2_000), end: timestampFromMs(1_000) }],
    ["a period of many years", { start: timestampFromMs(0) }],
  ])("refuse %s", async (_name, request) => {
    const { client } = await start();
    await expect(client.getComplianceReport(request)).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
  });
});

describe("explaining a breach", () => {
  const spread = (count: number, more: object = {}) => {
    for (const provider of ["openai", "azure"]) {
      for (const model of ["m1", "m2"]) {
        for (const tenant of ["acme", "beta"]) for (const region of ["eu", "us"]) ground.attempts(count, { ...call, provider, model, tenant, region, ...more });
      }
    }
  };

  it("names the cause that was put in, with its share", async () => {
    const replica = await start();
    spread(20);
    await arrived();
    await pass(ground, 20 * MINUTE, 10 * MINUTE);
    spread(10);
    ground.attempts(40, { ...call, provider: "azure", model: "m2", tenant: "beta", region: "us", errorCode: ErrorCode.RATE_LIMITED });
    ground.attempts(40, { ...call, provider: "azure", model: "m2", tenant: "acme", region: "us", errorCode: ErrorCode.RATE_LIMITED });
    ground.attempts(2, { ...call, provider: "openai", model: "m1", errorCode: ErrorCode.TIMEOUT });
    await arrived();
    const { explanation } = await replica.client.explainBreach({ start: timestampFromMs(ground.clock.now), end: timestampFromMs(ground.clock.now + 30_000) });
    expect(explanation).toMatchObject({ calls: 242n, bad: 82n, baselineCalls: 320n, baselineBad: 0n });
    const named = explanation?.causes.map(({ dimension, value }) => `${dimension}=${value}`) ?? [];
    expect(new Set(named)).toEqual(new Set(["region=us", "model=m2", "provider=azure", "error=rate_limited"]));
    for (const { share } of explanation?.causes ?? []) expect(share).toBeCloseTo(80 / 82, 2);
    expect(explanation?.summary).toContain("82 of 242 calls were failures.");
    expect(explanation?.summary).toContain("98 % of the rise, mostly as rate_limited");
  });

  it("takes the newest breach of a scope where no period is given", async () => {
    const replica = await start();
    ground.attempts(50, call);
    ground.attempts(50, { ...call, tenant: "beta", region: "us" });
    ground.attempts(60, { ...call, tenant: "beta", region: "us", errorCode: ErrorCode.PROVIDER_ERROR });
    await eventually(async () => ((await report(replica, SlaMetric.SUCCESS_RATE))?.breaches.length ?? 0) > 0);
    const { explanation } = await replica.client.explainBreach({ scope: target });
    expect(explanation?.causes.find(({ dimension }) => dimension === "tenant")).toMatchObject({ value: "beta", share: expect.closeTo(1) });
    expect(explanation?.bad).toBe(60n);
  });

  it("explains slow calls, and refuses what counts neither", async () => {
    const replica = await start();
    spread(10);
    ground.attempts(30, { ...call, provider: "azure", model: "m1", durationMs: 9_000 });
    await arrived();
    const { explanation } = await replica.client.explainBreach({ metric: SlaMetric.LATENCY_P95 });
    expect(explanation).toMatchObject({ bad: 30n });
    expect(explanation?.summary).toContain("slow calls");
    expect(explanation?.causes[0]).toMatchObject({ share: expect.closeTo(1) });
    await expect(replica.client.explainBreach({ metric: SlaMetric.TRAFFIC })).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
  });
});

describe("anomalies", () => {
  it("are found against what is usual, told, over by themselves, and what is usual survives a new start", async () => {
    const config = { anomalyWarmUpMinutes: 20, anomalyMinutes: 3 };
    let replica = await start(config);
    const minutes = async (count: number, durationMs: number) => {
      for (let minute = 0; minute < count; minute += 1) {
        ground.attempts(20, { ...call, durationMs: durationMs + (minute % 5) });
        await arrived();
        await pass(ground, MINUTE, MINUTE);
      }
    };
    await minutes(15, 100);
    await stop(replica);
    replica = await start(config);
    await minutes(10, 100);
    expect((await replica.client.listAnomalies({})).anomalies).toEqual([]);
    await minutes(5, 900);
    const { anomalies } = await replica.client.listAnomalies({ activeOnly: true, scope: target });
    expect(anomalies).toMatchObject([{ metric: SlaMetric.LATENCY_MEAN, scope: target }]);
    expect(anomalies[0]?.message).toMatch(/^openai\/m1: The mean latency of 90\d ms is \d+(\.\d)? standard deviations above the 10\d ms that are usual at this hour\.$/);
    await eventually(() => ground.alerts.some(({ alertId, severity }) => alertId === "anomaly/latency_mean/openai/m1" && severity === "info"));
    await minutes(6, 100);
    await eventually(async () => (await replica.client.listAnomalies({ activeOnly: true })).anomalies.length === 0);
    expect((await replica.client.listAnomalies({ scope: target })).anomalies).toHaveLength(1);
    await eventually(() => ground.alerts.some(({ alertId, resolved }) => alertId === "anomaly/latency_mean/openai/m1" && resolved));
  });
});
