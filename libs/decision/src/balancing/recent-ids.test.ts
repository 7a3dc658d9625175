import { createRecentIds } from "./recent-ids.ts";

describe("recent names", () => {
  it("are new once", () => {
    const ids = createRecentIds(10);
    expect([ids.add("a"), ids.add("b"), ids.add("a")]).toEqual([true, true, false]);
  });

  it("remember at least as many as asked for and forget in the end", () => {
    const ids = createRecentIds(10);
    for (let index = 0; index < 100; index += 1) ids.add(`id ${index}`);
    expect(Array.from({ length: 10 }, (_, index) => ids.add(`id ${90 + index}`))).toEqual(Array(10).fill(false));
    expect(ids.add("id 0")).toBe(true);
  });

  it("take an event without a name as new", () => {
    const ids = createRecentIds(10);
    expect([ids.add(""), ids.add("")]).toEqual([true, true]);
  });
});
