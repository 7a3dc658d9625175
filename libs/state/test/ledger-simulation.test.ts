import { drivers } from "./drivers.ts";
import { type Counts, Schedule } from "./simulate-schedule.ts";
import { openSimulatedStore } from "./simulated-store.ts";

/** Schedules here; `run-schedules.ts` runs as many as are asked for. */
const SCHEDULES = { embedded: 1_000, redis: 200 } as const;
const STEPS = 30;

describe.each(drivers)("budgets on the $name ledger", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  it("are never passed and keep no hold, whatever crashes, is late, lost or doubled, over many schedules of faults", async () => {
    const store = await openSimulatedStore(driver);
    const counts: Partial<Counts> = {};
    for (let seed = 1; seed <= SCHEDULES[driver.name]; seed++) {
      const result = await new Schedule(store, seed).run(STEPS);
      for (const [what, count] of Object.entries(result.counts))
        counts[what as keyof Counts] = (counts[what as keyof Counts] ?? 0) + count;
    }
    // A simulation in which something never happens shows nothing about it.
    expect(Object.entries(counts).filter(([, count]) => count < 20)).toEqual([]);
    await store.close();
  }, 120_000);
});

describe("a schedule of faults", () => {
  const [embedded] = drivers;
  beforeAll(() => embedded?.start());
  afterAll(() => embedded?.stop());

  it("goes the same way for the same seed, and another way for another", async () => {
    if (embedded === undefined) throw new Error("there is no embedded driver");
    const digests: string[] = [];
    for (const seed of [20_260_304, 20_260_304, 5]) {
      const store = await openSimulatedStore(embedded);
      digests.push((await new Schedule(store, seed).run(200)).digest);
      await store.close();
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });
});
