import type { EmbeddedState } from "../src/open-embedded-state.ts";
import type { RedisState } from "../src/open-redis-state.ts";
import { MAX_NOTE, MAX_NOTE_NAME } from "../src/shared-notes.ts";
import { drivers, freshName } from "./drivers.ts";

describe.each(drivers)("the $name notes", (driver) => {
  let state: EmbeddedState | RedisState;
  let name: string;

  beforeAll(() => driver.start());
  afterAll(() => driver.stop());
  beforeEach(async () => {
    name = freshName();
    state = await driver.open(name);
  });
  afterEach(() => state.close());

  it("changes a note only where the expected one is there", async () => {
    const { notes } = state;
    expect(await notes.swap("t", "a", undefined, "1")).toBe(true);
    expect(await notes.swap("t", "a", undefined, "2")).toBe(false);
    expect(await notes.swap("t", "a", "2", "3")).toBe(false);
    expect(await notes.swap("t", "a", "1", "")).toBe(true);
    expect(await notes.swap("t", "b", "1", undefined)).toBe(false);
    expect([...(await notes.read("t"))]).toEqual([["a", ""]]);
    expect(await notes.swap("t", "a", "", undefined)).toBe(true);
    expect(await notes.read("t")).toEqual(new Map());
  });

  it("lets one of many succeed that want to put the same note", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, each) => state.notes.swap("t", "a", undefined, String(each))),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it("keeps topics apart and reads some notes", async () => {
    const { notes } = state;
    await notes.swap("t", "a", undefined, "1");
    await notes.swap("t", "b", undefined, "2");
    await notes.swap("u", "a", undefined, "3");
    expect(await notes.readSome("t", ["a", "c"])).toEqual(new Map([["a", "1"]]));
    expect(await notes.readSome("u", [])).toEqual(new Map());
    expect(await notes.read("u")).toEqual(new Map([["a", "3"]]));
  });

  it("has its notes after a new start", async () => {
    await state.notes.swap("t", "a", undefined, "1");
    await state.close();
    state = await driver.open(name);
    expect(await state.notes.read("t")).toEqual(new Map([["a", "1"]]));
  });

  it("takes no note or name that is too long", async () => {
    await expect(state.notes.swap("t", "a", undefined, "x".repeat(MAX_NOTE + 1))).rejects.toThrow(RangeError);
    await expect(state.notes.swap("t", "x".repeat(MAX_NOTE_NAME + 1), undefined, "")).rejects.toThrow(RangeError);
  });
});
