import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { GetMetricsSummaryRequestSchema } from "@fairlead/contracts/sla/v1/sla_service";
import type { MetricsSummary } from "@fairlead/contracts/sla/v1/summary";
import { StateError } from "@fairlead/state/state-error";
import { MOST_SNAPSHOTS } from "./snapshots.ts";
import { eventually, type Ground, layGround, pass, type Replica, startReplica } from "./testing/bench.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const call = { provider: "openai", model: "m1", tenant: "acme", durationMs: 100, inputTokens: 10, outputTokens: 5, costNanoUsd: 7n, attemptNumber: 1 };

type SummaryRequest = MessageInitShape<typeof GetMetricsSummaryRequestSchema>;

let ground: Ground;
const replicas: Replica[] = [];

async function start(): Promise<Replica> {
  const replica = await startReplica(ground);
  replicas.push(replica);
  return replica;
}

async function stop(replica: Replica): Promise<void> {
  await replica.close();
  replicas.splice(replicas.indexOf(replica), 1);
}

async function summary({ client }: Replica, request: SummaryRequest = {}): Promise<MetricsSummary> {
  const { summary: found } = await client.getMetricsSummary(request);
  if (found === undefined) throw new Error("no summary");
  return found;
}

/** Attempts by provider. */
function attemptsIn({ providers }: MetricsSummary): Record<string, number> {
  return Object.fromEntries(providers.map(({ provider, figures }) => [provider, Number(figures?.attempts)]));
}

/** Waits until every replica heard them. */
const counted = (wanted: Record<string, number>, request: SummaryRequest = {}) =>
  eventually(async () => {
    const found = await Promise.all(replicas.map((replica) => summary(replica, request)));
    return found.every((one) => JSON.stringify(attemptsIn(one)) === JSON.stringify(wanted));
  }, `attempts ${JSON.stringify(wanted)}`);

beforeEach(() => {
  ground = layGround();
  ground.clock.now = Math.floor(ground.clock.now / HOUR) * HOUR + 10 * MINUTE;
});

afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  await ground.close();
});

describe("the summary", () => {
  it("tells by provider and model what attempts came to, and since when", async () => {
    const begun = ground.clock.now;
    const replica = await start();
    ground.attempts(3, call);
    ground.attempts(1, { ...call, model: "m2", errorCode: ErrorCode.OVERLOADED, costNanoUsd: 0n });
    ground.attempts(2, { ...call, provider: "anthropic", model: "c1", attemptNumber: 2, streamed: true, firstTokenMs: 30 });
    ground.attempts(1, { ...call, provider: "anthropic", model: "c1", errorCode: ErrorCode.CANCELLED });
    await counted({ anthropic: 3, openai: 4 });
    const found = await summary(replica, { byModel: true });
    expect(timestampMs(found.start ?? timestampFromMs(0))).toBe(begun);
    expect(found.total).toMatchObject({ attempts: 7n, succeeded: 5n, failed: 1n, unblamed: 1n, costNanoUsd: 42n, inputTokens: 70n, outputTokens: 35n, followUps: 2n });
    expect(found.providers).toMatchObject([
      { provider: "anthropic", figures: { successRate: 1, firstContent: { measured: 2n, meanMs: 30 } }, models: [{ model: "c1" }] },
      {
        provider: "openai",
        figures: { successRate: 0.75, failures: [{ errorCode: ErrorCode.OVERLOADED, attempts: 1n }], latency: { measured: 3n, meanMs: 100 }, costPerSuccessNanoUsd: 7n },
        models: [
          { model: "m1", figures: { attempts: 3n } },
          { model: "m2", figures: { attempts: 1n } },
        ],
      },
    ]);
    expect(attemptsIn(await summary(replica, { provider: "openai" }))).toEqual({ openai: 4 });
    expect((await summary(replica, { provider: "openai" })).total?.attempts).toBe(4n);
  });

  it("counts each attempt once with two replicas, over minutes and hours, and after a new start of each", async () => {
    let first = await start();
    let second = await start();
    for (let step = 1; step <= 9; step += 1) {
      ground.attempts(10, call);
      await counted({ openai: 10 * step });
      await pass(ground, 20 * MINUTE, 10 * MINUTE);
    }
    await stop(first);
    first = await start();
    await counted({ openai: 90 });
    await stop(second);
    await stop(first);
    ground.clock.now += 3 * 24 * HOUR;
    second = await start();
    await counted({ openai: 90 });
    ground.attempts(1, call);
    await counted({ openai: 91 });
    expect((await summary(second)).total).toMatchObject({ costNanoUsd: 637n, latency: { measured: 91n, meanMs: 100 } });
  });

  it("goes on within the same second after a new start, and is whole when a replica comes in mid-minute and the other goes", async () => {
    const first = await start();
    ground.attempts(10, call);
    await counted({ openai: 10 });
    await stop(first);
    const second = await start();
    ground.attempts(5, call);
    await counted({ openai: 15 });
    await pass(ground, 11 * SECOND);
    await start();
    ground.attempts(4, call);
    await counted({ openai: 19 });
    await stop(second);
    ground.attempts(3, call);
    await counted({ openai: 22 });
    await pass(ground, 10 * MINUTE, MINUTE);
    await counted({ openai: 22 });
  });

  it("counts an attempt when it ended, so that replicas that hear it in different minutes agree", async () => {
    const first = await start();
    ground.clock.now += MINUTE - 1;
    ground.attempts(3, call);
    // Heard by both after the minute has ended: it is delivered later in the same turn.
    ground.clock.now += 2;
    ground.attempts(2, call);
    const second = await start();
    await eventually(async () => (await summary(first)).total?.attempts === 5n);
    await pass(ground, 5 * MINUTE, 30 * SECOND);
    expect((await summary(second)).total?.attempts).toBe(5n);
    const minute = timestampFromMs(Math.floor((ground.clock.now - 5 * MINUTE) / MINUTE) * MINUTE);
    expect((await summary(first, { start: minute })).total?.attempts).toBe(2n);
  });

  it("is told for periods, whatever was reset", async () => {
    const begun = ground.clock.now;
    const replica = await start();
    ground.attempts(4, call);
    await counted({ openai: 4 });
    await pass(ground, 2 * HOUR, 10 * MINUTE);
    ground.attempts(6, call);
    await counted({ openai: 10 });
    await replica.client.resetMetricsSummary({});
    const early = { start: timestampFromMs(begun), end: timestampFromMs(begun + MINUTE) };
    expect(attemptsIn(await summary(replica, early))).toEqual({ openai: 4 });
    expect(attemptsIn(await summary(replica, { end: timestampFromMs(ground.clock.now + 1) }))).toEqual({ openai: 10 });
    await pass(ground, 7 * HOUR, HOUR);
    // Before the last six hours it is told by the hour.
    expect(attemptsIn(await summary(replica, { ...early, end: timestampFromMs(begun + 40 * MINUTE) }))).toEqual({ openai: 4 });
    expect(attemptsIn(await summary(replica, { start: timestampFromMs(begun) }))).toEqual({ openai: 10 });
    expect(attemptsIn(await summary(replica))).toEqual({});
  });

  it("refuses a period that is none, and says so while the store cannot be reached", async () => {
    const { client } = await start();
    const wrong = { start: timestampFromMs(2_000), end: timestampFromMs(1_000) };
    await expect(client.getMetricsSummary(wrong)).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "start" }] } });
    const { records } = ground.state;
    const { load } = records;
    records.load = () => Promise.reject(new StateError("unavailable", "away"));
    await expect(client.getMetricsSummary({})).rejects.toMatchObject({ code: ErrorCode.UNAVAILABLE });
    await expect(client.resetMetricsSummary({})).rejects.toMatchObject({ code: ErrorCode.UNAVAILABLE });
    records.load = load;
    await expect(client.getMetricsSummary({})).resolves.toBeDefined();
  });

  it("keeps what was counted while the store could not be reached", async () => {
    const first = await start();
    const { records } = ground.state;
    const { load, put } = records;
    records.load = () => Promise.reject(new StateError("unavailable", "away"));
    records.put = () => Promise.reject(new StateError("unavailable", "away"));
    ground.attempts(5, call);
    await pass(ground, 20 * MINUTE, MINUTE);
    ground.attempts(2, call);
    records.load = load;
    records.put = put;
    await counted({ openai: 7 });
    await pass(ground, 10 * MINUTE, MINUTE);
    await stop(first);
    await start();
    await counted({ openai: 7 });
  });
});

describe("a reset", () => {
  it("in mid-minute parts attempts exactly, at every replica, and outlives them", async () => {
    const first = await start();
    const second = await start();
    ground.clock.now += 17 * SECOND;
    ground.attempts(8, call);
    await counted({ openai: 8 });
    ground.clock.now += 6 * SECOND;
    const at = ground.clock.now;
    const { summary: before, resetAt } = await first.client.resetMetricsSummary({});
    expect(attemptsIn(before ?? (await summary(first)))).toEqual({ openai: 8 });
    expect(resetAt).toEqual(timestampFromMs(at));
    await counted({});
    ground.attempts(3, { ...call, durationMs: 900 });
    await counted({ openai: 3 });
    for (const replica of [first, second]) {
      const after = await summary(replica);
      expect(after.start).toEqual(timestampFromMs(at));
      expect(after.total).toMatchObject({ costNanoUsd: 21n, latency: { measured: 3n, meanMs: 900, p50Ms: expect.closeTo(900, -2) } });
    }
    await pass(ground, 3 * HOUR, 10 * MINUTE);
    await counted({ openai: 3 });
    await stop(first);
    await stop(second);
    await start();
    await counted({ openai: 3 });
  });

  it("loses nothing while attempts end all the time", async () => {
    const first = await start();
    await start();
    let sent = 0;
    let told = 0n;
    for (let round = 0; round < 20; round += 1) {
      ground.attempts(7, call);
      sent += 7;
      const { summary: before } = await (replicas[round % 2] ?? first).client.resetMetricsSummary({});
      told += before?.total?.attempts ?? 0n;
      ground.clock.now += 3 * SECOND;
    }
    await eventually(async () => told + ((await summary(first)).total?.attempts ?? 0n) === BigInt(sent));
  });

  it("of one provider leaves the others as they are", async () => {
    const replica = await start();
    ground.attempts(4, call);
    ground.attempts(2, { ...call, provider: "anthropic" });
    await counted({ anthropic: 2, openai: 4 });
    ground.clock.now += SECOND;
    const { summary: before } = await replica.client.resetMetricsSummary({ provider: "openai" });
    expect(before?.total?.attempts).toBe(4n);
    await counted({ anthropic: 2 });
    ground.attempts(1, call);
    await counted({ anthropic: 2, openai: 1 });
    const { start: whole, providers } = await summary(replica);
    expect(providers.map((one) => timestampMs(one.start ?? timestampFromMs(0)) - timestampMs(whole ?? timestampFromMs(0)))).toEqual([0, SECOND]);
    await expect(replica.client.resetMetricsSummary({ provider: "nobody" })).rejects.toMatchObject({
      code: ErrorCode.NOT_FOUND,
      detail: { violations: [{ field: "provider" }] },
    });
    ground.announce("google", ["g1"]);
    await eventually(() => replica.client.resetMetricsSummary({ provider: "google" }).then(() => true, () => false));
  });

  it("with a request id is done once, whichever replica is asked again", async () => {
    const first = await start();
    const second = await start();
    ground.attempts(4, call);
    await counted({ openai: 4 });
    const answer = await first.client.resetMetricsSummary({ requestId: "r1" });
    ground.attempts(2, call);
    await counted({ openai: 2 });
    ground.clock.now += SECOND;
    expect(await second.client.resetMetricsSummary({ requestId: "r1" })).toEqual(answer);
    await counted({ openai: 2 });
    await expect(second.client.resetMetricsSummary({ requestId: "r1", provider: "openai" })).rejects.toMatchObject({
      code: ErrorCode.CONFLICT,
      detail: { violations: [{ field: "request_id" }] },
    });
    await second.client.resetMetricsSummary({ requestId: "r2" });
    await counted({});
  });
});

describe("snapshots", () => {
  it("are kept by name, shared, outlive a new start and stay as they were taken", async () => {
    const first = await start();
    ground.attempts(4, call);
    await counted({ openai: 4 });
    const { snapshot } = await first.client.createMetricsSnapshot({ name: "before" });
    expect(snapshot?.summary?.providers).toMatchObject([{ provider: "openai", models: [{ model: "m1" }] }]);
    ground.attempts(2, call);
    await counted({ openai: 6 });
    await first.client.resetMetricsSummary({});
    ground.clock.now += SECOND;
    const { snapshot: unnamed } = await first.client.createMetricsSnapshot({});
    const { snapshot: again } = await first.client.createMetricsSnapshot({});
    expect(again?.name).toBe(`${unnamed?.name}-2`);
    await stop(first);
    const { client } = await start();
    expect((await client.getMetricsSnapshot({ name: "before" })).snapshot).toEqual(snapshot);
    const { snapshots } = await client.listMetricsSnapshots({});
    expect(snapshots.map(({ name, summary: kept }) => [name, Number(kept?.total?.attempts)])).toEqual([
      [again?.name, 0],
      [unnamed?.name, 0],
      ["before", 4],
    ]);
    expect(snapshots.at(-1)?.summary?.providers[0]?.models).toEqual([]);
    expect((await client.listMetricsSnapshots({ limit: 1 })).snapshots).toHaveLength(1);
    await expect(client.createMetricsSnapshot({ name: "before" })).rejects.toMatchObject({ code: ErrorCode.CONFLICT, detail: { violations: [{ field: "name" }] } });
    await expect(client.getMetricsSnapshot({ name: "none" })).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND, detail: { violations: [{ field: "name" }] } });
  });

  it("are bounded: the oldest makes room, and its name can be used again", async () => {
    const { client } = await start();
    for (let index = 0; index < MOST_SNAPSHOTS + 3; index += 1) {
      ground.clock.now += 1;
      await client.createMetricsSnapshot({ name: `s${index}` });
    }
    const { snapshots } = await client.listMetricsSnapshots({});
    expect(snapshots).toHaveLength(MOST_SNAPSHOTS);
    expect(snapshots.at(-1)?.name).toBe("s3");
    await expect(client.getMetricsSnapshot({ name: "s0" })).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND });
    ground.clock.now += 1;
    await client.createMetricsSnapshot({ name: "s0" });
    expect((await client.listMetricsSnapshots({ limit: 1 })).snapshots).toMatchObject([{ name: "s0" }]);
    expect((await ground.state.records.load("sla-summary-snapshot")).length).toBeLessThanOrEqual(MOST_SNAPSHOTS + 1);
  });
});

describe("what is kept", () => {
  it("does not grow with attempts, minutes or tenants", async () => {
    const replica = await start();
    for (let step = 0; step < 12; step += 1) {
      ground.attempts(20, { ...call, tenant: `tenant ${step}` });
      await pass(ground, 30 * MINUTE, 15 * MINUTE);
    }
    await pass(ground, 10 * MINUTE, MINUTE);
    await stop(replica);
    const sizes = async (kind: string) => (await ground.state.records.load(kind)).map(({ value }) => value.length);
    expect(await sizes("sla-tally-total")).toEqual([expect.any(Number)]);
    for (const size of [...(await sizes("sla-tally-total")), ...(await sizes("sla-tally-minute")), ...(await sizes("sla-tally-hour"))]) expect(size).toBeLessThan(150);
    expect((await sizes("sla-tally-minute")).length).toBeLessThanOrEqual(12);
    expect((await sizes("sla-tally-hour")).length).toBeGreaterThanOrEqual(5);
    await start();
    await counted({ openai: 240 });
  });
});
