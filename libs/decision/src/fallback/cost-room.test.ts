import { fitsCost } from "./cost-room.ts";

describe("holding the cost of attempts against their bounds", () => {
  it.each<[string, bigint | undefined, bigint | undefined, bigint, bigint, string]>([
    ["lets all through without bounds", undefined, undefined, 1_000n, 1_000n, "fits"],
    ["lets through what fills the limit", 100n, undefined, 40n, 60n, "fits"],
    ["stops what goes above the limit", 100n, undefined, 40n, 61n, "over_limit"],
    ["stops a first attempt above the limit", 100n, undefined, 0n, 101n, "over_limit"],
    ["stops a further attempt above what is held", undefined, 100n, 1n, 100n, "over_hold"],
    ["lets the attempt through that the reservation was made for", undefined, 100n, 0n, 101n, "fits"],
    ["names the limit first", 100n, 100n, 50n, 51n, "over_limit"],
    ["lets through what has no known worst case", 0n, 0n, 50n, 0n, "fits"],
  ])("%s", (_, limit, held, committed, worstCase, verdict) => {
    expect(fitsCost({ limit, held }, committed, worstCase)).toBe(verdict);
  });
});
