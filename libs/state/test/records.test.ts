import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

const LATER = NOON + 60_000;

describe.each(drivers)("the $name record store", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  it("keeps of each key the highest revision, whatever comes last", async () => {
    const { records } = await driver.open(freshName());
    expect(await records.put("alert", record("a", 2, "second"), LATER, NOON)).toBe(true);
    expect(await records.put("alert", record("a", 1, "first"), LATER, NOON)).toBe(false);
    expect(await records.put("alert", record("a", 2, "another second"), LATER, NOON)).toBe(false);
    expect(await records.put("alert", record("b", 1, "other"), LATER, NOON)).toBe(true);
    expect(texts(await records.load("alert"))).toEqual(["a 2 second", "b 1 other"]);
    expect(await records.put("alert", record("a", 3, "third"), LATER, NOON)).toBe(true);
    expect(texts(await records.load("alert"))).toEqual(["a 3 third", "b 1 other"]);
  });

  it("lets exactly one of many writers of a revision through", async () => {
    const { records } = await driver.open(freshName());
    const writers = Array.from({ length: 20 }, (_, index) => records.put("alert", record("a", 1, `writer ${index}`), LATER, NOON));
    expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
  });

  it("keeps kinds apart and gives a range of keys", async () => {
    const { records } = await driver.open(freshName());
    for (const key of ["1", "2", "3"]) await records.put("minute", record(key, 1, key), LATER, NOON);
    await records.put("hour", record("2", 1, "hour"), LATER, NOON);
    expect(texts(await records.load("minute", { from: "2" }))).toEqual(["2 1 2", "3 1 3"]);
    expect(texts(await records.load("minute", { from: "1", before: "3" }))).toEqual(["1 1 1", "2 1 2"]);
    expect(texts(await records.load("hour"))).toEqual(["2 1 hour"]);
    expect(await records.load("day")).toEqual([]);
  });

  it("forgets what is due when something is written", async () => {
    const { records } = await driver.open(freshName());
    await records.put("minute", record("old", 1, "old"), NOON + 1_000, NOON);
    await records.put("minute", record("new", 1, "new"), LATER, NOON + 2_000);
    expect(texts(await records.load("minute"))).toEqual(["new 1 new"]);
    expect(await records.put("minute", record("old", 1, "again"), LATER, NOON + 2_000)).toBe(true);
  });

  it("finds records again after it was closed and opened", async () => {
    const name = freshName();
    const before = await driver.open(name);
    await before.records.put("alert", record("a", 1, "kept"), LATER, NOON);
    await before.close();
    const after = await driver.open(name);
    expect(texts(await after.records.load("alert"))).toEqual(["a 1 kept"]);
    await after.close();
  });
});

function record(key: string, revision: number, text: string) {
  return { key, revision, value: new TextEncoder().encode(text) };
}

function texts(records: readonly { key: string; revision: number; value: Uint8Array }[]): string[] {
  return records.map(({ key, revision, value }) => `${key} ${revision} ${new TextDecoder().decode(value)}`);
}
