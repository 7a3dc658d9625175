import { create } from "@bufbuild/protobuf";
import { BudgetScopeSchema } from "@fairlead/contracts/cost/v1/budget";
import { SpendDimension, SpendPeriod } from "@fairlead/contracts/cost/v1/cost_service";
import { CostLineSchema } from "@fairlead/contracts/events/v1/event";
import type { EmbeddedState } from "../src/open-embedded-state.ts";
import type { RedisState } from "../src/open-redis-state.ts";
import {
  DEFAULT_SPEND_RETENTION_MS,
  MAX_SPEND_KEYS_PER_HOUR,
  MAX_TAGGED_KEYS_PER_HOUR,
  type SpendRecord,
} from "../src/spend-store.ts";
import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

const HOUR = 3_600_000;

describe.each(drivers)("the $name spend store", (driver) => {
  let state: EmbeddedState | RedisState;

  beforeAll(() => driver.start());
  afterAll(() => driver.stop());
  beforeEach(async () => void (state = await driver.open(freshName(), { now: () => NOON })));
  afterEach(() => state.close());

  const total = async (start: number, end: number) =>
    (await state.spend.query({ start, end, groupBy: SpendDimension.UNSPECIFIED })).total;

  it("records an event once", async () => {
    expect(await state.spend.record(record("e", 70n))).toBe(true);
    expect(await state.spend.record(record("e", 70n))).toBe(false);
    expect(await total(NOON, NOON + 1)).toBe(70n);
  });

  it("splits spend by each dimension, dearest first, and counts a request once", async () => {
    await state.spend.record({
      ...record("e1", 0n),
      lines: [line("openai", "large", 100n), line("anthropic", "best", 50n)],
    });
    await state.spend.record({ ...record("e2", 500n), tenant: "umbrella", user: "bob", succeeded: false });
    const rows = async (groupBy: SpendDimension) => {
      const report = await state.spend.query({ start: NOON, end: NOON + 1, groupBy });
      return report.rows.map((row) => [row.key, row.costNanoUsd, row.requests, row.succeeded]);
    };
    expect(await rows(SpendDimension.UNSPECIFIED)).toEqual([["", 650n, 2n, 1n]]);
    expect(await rows(SpendDimension.TENANT)).toEqual([
      ["umbrella", 500n, 1n, 0n],
      ["acme", 150n, 1n, 1n],
    ]);
    expect(await rows(SpendDimension.USER)).toEqual([
      ["bob", 500n, 1n, 0n],
      ["ann", 150n, 1n, 1n],
    ]);
    expect(await rows(SpendDimension.PROJECT)).toEqual([["shop", 650n, 2n, 1n]]);
    expect(await rows(SpendDimension.PROVIDER)).toEqual([
      ["openai", 600n, 1n, 0n],
      ["anthropic", 50n, 1n, 1n],
    ]);
    expect(await rows(SpendDimension.MODEL)).toEqual([
      ["openai/large", 600n, 1n, 0n],
      ["anthropic/best", 50n, 1n, 1n],
    ]);
  });

  it("adds up tokens of all buckets, and counts requests that called nobody", async () => {
    await state.spend.record(record("e1", 5n));
    await state.spend.record({ ...record("e2", 0n), lines: [], succeeded: false });
    const report = await state.spend.query({ start: NOON, end: NOON + 1, groupBy: SpendDimension.UNSPECIFIED });
    expect(report.rows).toMatchObject([{ requests: 2n, succeeded: 1n, inputTokens: 25n, outputTokens: 30n }]);
  });

  it("counts the hours from the start to before the end", async () => {
    await state.spend.record({ ...record("e1", 1n), occurredMs: NOON - 1 });
    await state.spend.record({ ...record("e2", 2n), occurredMs: NOON + HOUR - 1 });
    await state.spend.record({ ...record("e3", 4n), occurredMs: NOON + HOUR });
    expect(await total(NOON + 5, NOON + HOUR)).toBe(2n);
    expect(await total(NOON - HOUR, NOON + HOUR)).toBe(3n);
    expect(await total(NOON - HOUR, NOON + HOUR + 1)).toBe(7n);
    expect(await total(NOON, NOON)).toBe(0n);
  });

  it("counts only what matches the filter", async () => {
    await state.spend.record(record("e1", 1n));
    await state.spend.record({ ...record("e2", 2n), tenant: "umbrella" });
    const ask = (filter: { tenant?: string; model?: string }) =>
      state.spend.query({
        start: NOON,
        end: NOON + 1,
        filter: create(BudgetScopeSchema, filter),
        groupBy: SpendDimension.TENANT,
      });
    expect((await ask({ tenant: "acme" })).total).toBe(1n);
    expect((await ask({ tenant: "umbrella", model: "large" })).rows).toMatchObject([
      { key: "umbrella", costNanoUsd: 2n },
    ]);
    expect((await ask({ model: "other" })).rows).toEqual([]);
  });

  it("keeps amounts beyond 2^53 exact", async () => {
    for (const each of [1, 2, 3]) await state.spend.record(record(`e${each}`, 900_719_925_474_099_301n));
    expect(await total(NOON, NOON + 1)).toBe(2_702_159_776_422_297_903n);
  });

  it("sums what comes after an hour is full of names under one other name", async () => {
    const invented = Array.from({ length: MAX_SPEND_KEYS_PER_HOUR + 50 }, (_, each) => each);
    for (let from = 0; from < invented.length; from += 500) {
      const some = invented.slice(from, from + 500);
      await Promise.all(some.map((each) => state.spend.record({ ...record(`e${each}`, 1n), user: `u${each}` })));
    }
    const report = await state.spend.query({ start: NOON, end: NOON + 1, groupBy: SpendDimension.USER });
    expect(report.rows).toHaveLength(MAX_SPEND_KEYS_PER_HOUR + 1);
    expect(report.rows[0]).toMatchObject({ key: "other", costNanoUsd: 50n, requests: 50n });
    expect(report.total).toBe(BigInt(invented.length));
  });

  it("splits spend by label, counts a request with several in the row of each, and once in the sum", async () => {
    await state.spend.record({ ...record("e1", 5n), tags: ["b", "a", "b"] });
    await state.spend.record({ ...record("e2", 2n), tags: ["a", "b"] });
    await state.spend.record({ ...record("e3", 10n), tags: ["a"] });
    await state.spend.record(record("e4", 100n));
    const ask = (more: { tag?: string; groupBy: SpendDimension }) =>
      state.spend.query({ start: NOON, end: NOON + 1, ...more });
    const split = await ask({ groupBy: SpendDimension.TAG });
    expect(split.rows.map(({ key, costNanoUsd, requests }) => [key, costNanoUsd, requests])).toEqual([
      ["", 100n, 1n],
      ["a", 17n, 3n],
      ["b", 7n, 2n],
    ]);
    expect(split.total).toBe(117n);
    expect((await ask({ groupBy: SpendDimension.TAG, tag: "b" })).rows).toMatchObject([{ key: "b", costNanoUsd: 7n }]);
    expect((await ask({ groupBy: SpendDimension.TENANT, tag: "a" })).total).toBe(17n);
    expect((await ask({ groupBy: SpendDimension.TENANT, tag: "c" })).rows).toEqual([]);
  });

  it("splits spend by hour, day, week and month, oldest first, across the ends of all of them", async () => {
    const times = [
      "2026-02-28T23:59:59.999Z",
      "2026-03-01T00:00:00Z",
      "2026-03-01T23:00:00Z",
      "2026-03-02T00:00:00Z",
      "2026-03-02T00:30:00Z",
    ];
    for (const [each, time] of times.entries()) {
      await state.spend.record({ ...record(`e${each}`, 10n ** BigInt(each)), occurredMs: Date.parse(time) });
    }
    const ask = async (period: SpendPeriod) => {
      const span = { start: Date.parse("2026-02-01T00:00:00Z"), end: Date.parse("2026-04-01T00:00:00Z") };
      const report = await state.spend.query({ ...span, groupBy: SpendDimension.TENANT, period });
      expect(report.total).toBe(11_111n);
      return report.rows.map((row) => [
        new Date(Number(row.periodStart?.seconds) * 1_000).toISOString().slice(0, 13),
        row.costNanoUsd,
      ]);
    };
    expect(await ask(SpendPeriod.HOUR)).toEqual([
      ["2026-02-28T23", 1n],
      ["2026-03-01T00", 10n],
      ["2026-03-01T23", 100n],
      ["2026-03-02T00", 11_000n],
    ]);
    expect(await ask(SpendPeriod.DAY)).toEqual([
      ["2026-02-28T00", 1n],
      ["2026-03-01T00", 110n],
      ["2026-03-02T00", 11_000n],
    ]);
    expect(await ask(SpendPeriod.WEEK)).toEqual([
      ["2026-02-23T00", 111n],
      ["2026-03-02T00", 11_000n],
    ]);
    expect(await ask(SpendPeriod.MONTH)).toEqual([
      ["2026-02-01T00", 1n],
      ["2026-03-01T00", 11_110n],
    ]);
  });

  it("tells what an answered request cost and what was saved, over those that were compared", async () => {
    await state.spend.record({ ...record("e1", 10n), dearestCost: 100n, requestedCost: 7n });
    await state.spend.record({ ...record("e2", 11n), dearestCost: 50n });
    await state.spend.record({ ...record("e3", 20n), succeeded: false, dearestCost: 1_000n, requestedCost: 1_000n });
    const report = await state.spend.query({ start: NOON, end: NOON + 1, groupBy: SpendDimension.UNSPECIFIED });
    expect(report.rows).toMatchObject([
      {
        costNanoUsd: 41n,
        costPerSuccessNanoUsd: 21n,
        savedAgainstDearestNanoUsd: 129n,
        comparedWithDearest: 2n,
        savedAgainstRequestedNanoUsd: -3n,
        comparedWithRequested: 1n,
      },
    ]);
    await state.spend.record({ ...record("e4", 1n), tenant: "umbrella", succeeded: false });
    const [failed] = (
      await state.spend.query({
        start: NOON,
        end: NOON + 1,
        filter: create(BudgetScopeSchema, { tenant: "umbrella" }),
        groupBy: 0,
      })
    ).rows;
    expect(failed?.costPerSuccessNanoUsd).toBeUndefined();
  });

  it("gives labels up before payers when an hour has too many names", async () => {
    const labelled = Array.from({ length: MAX_TAGGED_KEYS_PER_HOUR + 20 }, (_, each) => each);
    for (let from = 0; from < labelled.length; from += 500) {
      await Promise.all(
        labelled
          .slice(from, from + 500)
          .map((each) => state.spend.record({ ...record(`e${each}`, 1n), tags: [`t${each}`] })),
      );
    }
    await state.spend.record({ ...record("last", 3n), tenant: "umbrella", tags: ["new"] });
    const tags = await state.spend.query({ start: NOON, end: NOON + 1, groupBy: SpendDimension.TAG });
    expect(tags.rows).toHaveLength(MAX_TAGGED_KEYS_PER_HOUR + 1);
    expect(tags.rows[0]).toMatchObject({ key: "other", costNanoUsd: 23n });
    const tenants = await state.spend.query({ start: NOON, end: NOON + 1, groupBy: SpendDimension.TENANT });
    expect(tenants.rows).toMatchObject([{ key: "acme" }, { key: "umbrella", costNanoUsd: 3n }]);
  });

  it("says from when on it keeps spend", () => {
    expect(state.spend.keptFrom()).toBe(NOON - DEFAULT_SPEND_RETENTION_MS);
  });
});

function record(eventId: string, cost: bigint): SpendRecord {
  return {
    eventId,
    tenant: "acme",
    user: "ann",
    project: "shop",
    tags: [],
    lines: [line("openai", "large", cost)],
    succeeded: true,
    occurredMs: NOON,
  };
}

function line(provider: string, model: string, costNanoUsd: bigint) {
  const usage = {
    inputTokens: 10,
    cacheReadTokens: 5,
    cacheWriteTokens: 4,
    audioInputTokens: 3,
    imageInputTokens: 3,
    outputTokens: 10,
    reasoningTokens: 10,
    audioOutputTokens: 5,
    imageOutputTokens: 5,
  };
  return create(CostLineSchema, { provider, model, costNanoUsd, usage });
}
