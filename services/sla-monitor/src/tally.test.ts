import { create } from "@bufbuild/protobuf";
import { AttemptFinishedSchema } from "@fairlead/contracts/events/v1/event";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { TallyRecords } from "./tally-records.ts";
import { Tally } from "./tally.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 0, 5, 12);
const attempt = create(AttemptFinishedSchema, { provider: "openai", model: "m1" });

let state: EmbeddedState;

async function start(now: number): Promise<Tally> {
  const problem = (error: unknown) => {
    throw error;
  };
  const tally = new Tally({ records: new TallyRecords(state.records, 92), problem }, now);
  await tally.restore(now);
  return tally;
}

const sum = (targets: readonly { attempts: bigint }[]) => targets.reduce((total, { attempts }) => total + attempts, 0n);

beforeEach(() => {
  state = openEmbeddedState({ file: ":memory:" });
});

afterEach(() => state.close());

describe("a tally", () => {
  it("adds nothing to a minute that another replica settled, however late it keeps its own copy", async () => {
    const [first, second] = [await start(NOON), await start(NOON)];
    for (const tally of [first, second]) for (const at of [7, 22, 41]) tally.count(attempt, NOON + at * SECOND, NOON + at * SECOND);
    await first.close(NOON + 10 * MINUTE);
    expect(sum(await second.period(NOON, NOON + MINUTE, NOON + 10 * MINUTE))).toBe(3n);
    await second.close(NOON + 11 * MINUTE);
    for (const tally of [first, second, await start(NOON + 12 * MINUTE)]) {
      expect(sum((await tally.counted()).targets)).toBe(3n);
      expect(sum(await tally.period(NOON, NOON + MINUTE, NOON + 12 * MINUTE))).toBe(3n);
    }
    await second.close(NOON + 2 * HOUR);
    expect(sum(await second.period(NOON, NOON + MINUTE, NOON + 9 * HOUR))).toBe(3n);
  });

  it("makes one whole of what two replicas heard of different parts", async () => {
    const [first, second] = [await start(NOON), await start(NOON)];
    for (let at = 0; at < 120; at += 1) {
      if (at < 70) first.count(attempt, NOON + at * SECOND, NOON + at * SECOND);
      if (at >= 30) second.count(attempt, NOON + at * SECOND, NOON + at * SECOND);
    }
    await first.close(NOON + 2 * MINUTE);
    expect(sum((await second.counted()).targets)).toBe(120n);
    await second.close(NOON + 9 * MINUTE);
    expect(sum((await (await start(NOON + 10 * MINUTE)).counted()).targets)).toBe(120n);
  });

  it("takes an attempt whose clock is far off as ended when it is heard", async () => {
    const tally = await start(NOON);
    tally.count(attempt, 0, NOON + SECOND);
    tally.count(attempt, NOON + HOUR, NOON + SECOND);
    await tally.close(NOON + 5 * MINUTE);
    expect(sum(await tally.period(NOON, NOON + MINUTE, NOON + 5 * MINUTE))).toBe(2n);
  });

  it("tells what it counts at one replica while another settles it", async () => {
    const [first, second] = [await start(NOON), await start(NOON)];
    for (let minute = 0; minute < 30; minute += 1) {
      const now = NOON + minute * MINUTE;
      for (const tally of [first, second]) tally.count(attempt, now, now);
      const [told] = await Promise.all([first.counted(), second.close(now + 5 * SECOND), minute % 3 === 0 ? first.close(now + 6 * SECOND) : undefined]);
      expect(sum(told.targets)).toBe(BigInt(minute + 1));
    }
  });
});
