import { create } from "@bufbuild/protobuf";
import { OutcomeObservedSchema } from "@fairlead/contracts/events/v1/event";
import type { RecordedOutcome } from "@fairlead/decision/replay/recorded-outcome";
import { DEFAULT_DECISION_RETENTION_MS, MAX_DECISIONS_PER_HOUR } from "../src/decision-log.ts";
import type { EmbeddedState } from "../src/open-embedded-state.ts";
import type { RedisState } from "../src/open-redis-state.ts";
import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

const HOUR = 3_600_000;

describe.each(drivers)("the $name decision log", (driver) => {
  let state: EmbeddedState | RedisState;
  const clock = { now: NOON };

  beforeAll(() => driver.start());
  afterAll(() => driver.stop());
  beforeEach(async () => {
    clock.now = NOON;
    state = await driver.open(freshName(), { now: () => clock.now });
  });
  afterEach(() => state.close());

  const ask = (changes: { start?: number; end?: number; tenant?: string; limit?: number } = {}) =>
    state.decisions.sample({ start: NOON - HOUR, end: NOON + HOUR, tenant: "", limit: 1_000, ...changes });

  it("gives back what was kept, in the order of time, once", async () => {
    await state.decisions.append([record("b", NOON + 1), record("a", NOON)]);
    await state.decisions.append([record("a", NOON)]);
    const { records, happened } = await ask();
    expect(records.map(({ outcome, occurredMs }) => [outcome.requestId, occurredMs])).toEqual([
      ["a", NOON],
      ["b", NOON + 1],
    ]);
    expect(records[0]?.outcome).toMatchObject({ tenant: "acme", costNanoUsd: 9_007_199_254_740_993n });
    expect(records[0]?.first).toEqual({ provider: "openai", model: "lärge" });
    expect(happened).toBe(2);
  });

  it("looks only at the time and the tenant that are asked for", async () => {
    await state.decisions.append([
      record("a", NOON - 1),
      record("b", NOON),
      record("c", NOON + 5, "umbrella"),
      record("d", NOON + HOUR),
    ]);
    const names = async (changes: Parameters<typeof ask>[0]) =>
      (await ask(changes)).records.map(({ outcome }) => outcome.requestId);
    expect(await names({ start: NOON, end: NOON + HOUR })).toEqual(["b", "c"]);
    expect(await names({ tenant: "umbrella" })).toEqual(["c"]);
  });

  it("keeps an even sample of an hour that has too many, the same in whatever order they come, and knows about how many there were", async () => {
    const many = Array.from({ length: MAX_DECISIONS_PER_HOUR * 2 }, (_, each) => record(`r${each}`, NOON + each));
    for (let from = 0; from < many.length; from += 1_000) await state.decisions.append(many.slice(from, from + 1_000));
    const other = await driver.open(freshName(), { now: () => clock.now });
    const reversed = many.toReversed();
    for (let from = 0; from < many.length; from += 1_000)
      await other.decisions.append(reversed.slice(from, from + 1_000));
    const [first, second] = [
      await ask({ limit: 20_000 }),
      await other.decisions.sample({ start: NOON, end: NOON + HOUR, tenant: "", limit: 20_000 }),
    ];
    expect(first.records).toHaveLength(MAX_DECISIONS_PER_HOUR);
    expect(second).toEqual(first);
    expect(first.happened / many.length).toBeGreaterThan(0.95);
    expect(first.happened / many.length).toBeLessThan(1.05);
    const firstHalf = first.records.filter(({ occurredMs }) => occurredMs < NOON + MAX_DECISIONS_PER_HOUR).length;
    expect(firstHalf / MAX_DECISIONS_PER_HOUR).toBeGreaterThan(0.45);
    expect(firstHalf / MAX_DECISIONS_PER_HOUR).toBeLessThan(0.55);
    expect((await ask({ limit: 100 })).records).toHaveLength(100);
    await other.close();
  }, 30_000);

  it("forgets what is older than it keeps", async () => {
    await state.decisions.append([record("old", NOON)]);
    clock.now += DEFAULT_DECISION_RETENTION_MS + 2 * HOUR;
    await state.decisions.append([record("new", clock.now)]);
    const { records } = await ask({ start: 0, end: clock.now + 1 });
    expect(records.map(({ outcome }) => outcome.requestId)).toEqual(["new"]);
  });

  it("leaves out a record that is larger than it may be", async () => {
    await state.decisions.append([record("x".repeat(10_000), NOON), record("a", NOON)]);
    expect((await ask()).records).toHaveLength(1);
  });
});

function record(requestId: string, occurredMs: number, tenant = "acme"): RecordedOutcome {
  const first = tenant === "acme" ? { provider: "openai", model: "lärge" } : undefined;
  return {
    occurredMs,
    first,
    outcome: create(OutcomeObservedSchema, { requestId, tenant, costNanoUsd: 9_007_199_254_740_993n }),
  };
}
