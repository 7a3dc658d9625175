import { probeDelay } from "./probe-delay.ts";

const settings = { everyMs: 5_000, mostMs: 20_000 };

describe("the time until the next probe of a target", () => {
  it.each([
    [0, 0, 5_000],
    [0, 1, 4_000],
    [1, 0, 10_000],
    [2, 0.5, 18_000],
    [3, 0, 20_000],
    [2_000, 0, 20_000],
  ])("after %i deceptions and with a draw of %d is %i ms", (deceptions, random, expected) => {
    expect(probeDelay(deceptions, random, settings)).toBe(expected);
  });
});
