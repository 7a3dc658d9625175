import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

const text = (content: string) => new TextEncoder().encode(content);
const key = (digest: string, tenant = "acme") => ({ tenant, digest });

describe.each(drivers)("the $name response cache", (driver) => {
  let now = NOON;
  const clock = () => now;

  beforeAll(() => driver.start());
  afterAll(() => driver.stop());
  beforeEach(() => void (now = NOON));

  it("gives an answer back until its time is over, from memory and from the farther level", async () => {
    const name = freshName();
    const first = await driver.open(name, { now: clock });
    const second = await openOther(name, first);
    await first.cache.put(key("a"), text("hello"), 10_000);
    for (const { cache } of [first, second]) expect(await answer(cache.get(key("a")))).toBe("hello");
    now += 9_999;
    for (const { cache } of [first, second]) expect(await answer(cache.get(key("a")))).toBe("hello");
    now += 1;
    for (const { cache } of [first, second]) expect(await cache.get(key("a"))).toBeUndefined();
    await closeAll(first, second);
  });

  it("replaces an answer and keeps empty ones", async () => {
    const state = await driver.open(freshName(), { now: clock });
    await state.cache.put(key("a"), text("one"), 10_000);
    await state.cache.put(key("a"), text(""), 10_000);
    expect(await state.cache.get(key("a"))).toEqual(text(""));
    await state.close();
  });

  it("never gives one tenant what another one put", async () => {
    const state = await driver.open(freshName(), { now: clock });
    await state.cache.put({ tenant: "acme", digest: "1:x" }, text("secret"), 10_000);
    for (const [tenant, digest] of [["umbrella", "1:x"], ["acme:1", "x"], ["", "acme:1:x"], ["4:acme", "1:x"]] as const) {
      expect(await state.cache.get({ tenant, digest })).toBeUndefined();
    }
    await state.close();
  });

  it("forgets the answers of one tenant whose digests start in a given way, in every level", async () => {
    const name = freshName();
    const state = await driver.open(name, { now: clock });
    for (const digest of ["aa1", "aa2", "ab1"]) {
      for (const tenant of ["acme", "acme2"]) await state.cache.put(key(digest, tenant), text(digest), 10_000);
    }
    await state.cache.delete({ tenant: "acme", digestPrefix: "aa" });
    const other = await openOther(name, state);
    for (const { cache } of [state, other]) {
      expect(await cache.get(key("aa1"))).toBeUndefined();
      expect(await answer(cache.get(key("ab1")))).toBe("ab1");
      expect(await answer(cache.get(key("aa2", "acme2")))).toBe("aa2");
    }
    await state.cache.delete({ tenant: "acme", digestPrefix: "" });
    expect(await state.cache.get(key("ab1"))).toBeUndefined();
    expect(await answer(state.cache.get(key("ab1", "acme2")))).toBe("ab1");
    await closeAll(state, other);
  });

  it("counts hits and misses by level", async () => {
    const name = freshName();
    const state = await driver.open(name, { now: clock, cache: { memoryTtlMs: 1_000 } });
    await state.cache.put(key("a"), text("hello"), 10_000);
    await state.cache.get(key("a"));
    await state.cache.get(key("b"));
    now += 2_000;
    await state.cache.get(key("a"));
    await state.cache.get(key("a"));
    const farther = driver.name === "redis" ? "redis" : "disk";
    expect(state.cache.statistics()).toEqual({
      levels: [
        { level: "memory", hits: 2, misses: 2 },
        { level: farther, hits: 1, misses: 1 },
      ],
      errors: 0,
    });
    await state.close();
  });

  it("stays within its rows, forgetting first what would expire first", async () => {
    const limits = { memoryBytes: 1, storedRows: 3 };
    const state = await driver.open(freshName(), { now: clock, cache: limits });
    for (const [digest, ttl] of [["a", 5_000], ["b", 1_000], ["c", 9_000], ["d", 7_000]] as const) {
      await state.cache.put(key(digest), text(digest), ttl);
    }
    const kept = await Promise.all(["a", "b", "c", "d"].map((digest) => answer(state.cache.get(key(digest)))));
    expect(kept).toEqual(["a", undefined, "c", "d"]);
    await state.close();
  });

  it("stays within its bytes and keeps nothing that is too large", async () => {
    const limits = { memoryBytes: 1, storedBytes: 1_000, entryBytes: 600 };
    const state = await driver.open(freshName(), { now: clock, cache: limits });
    const bytes = (count: number) => new Uint8Array(count).fill(7);
    await state.cache.put(key("a"), bytes(450), 1_000);
    await state.cache.put(key("b"), bytes(450), 2_000);
    await state.cache.put(key("c"), bytes(450), 3_000);
    await state.cache.put(key("d"), bytes(601), 4_000);
    const kept = await Promise.all(["a", "b", "c", "d"].map((digest) => state.cache.get(key(digest))));
    expect(kept.map((found) => found?.byteLength)).toEqual([undefined, 450, 450, undefined]);
    now += 2_500;
    await state.cache.put(key("e"), bytes(500), 1_000);
    expect((await state.cache.get(key("c")))?.byteLength).toBe(450);
    await state.close();
  });

  /** Another process with the same state, where the driver allows for one; else the same one. */
  async function openOther(name: string, first: Awaited<ReturnType<typeof driver.open>>) {
    return driver.name === "redis" ? driver.open(name, { now: clock }) : first;
  }
});

async function answer(found: Promise<Uint8Array | undefined>): Promise<string | undefined> {
  const bytes = await found;
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

async function closeAll(...states: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all([...new Set(states)].map((state) => state.close()));
}
