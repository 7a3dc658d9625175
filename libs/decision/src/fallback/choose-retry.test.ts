import fc from "fast-check";
import { chooseRetry, type RetryCandidate } from "./choose-retry.ts";

const bounds = { retriesPerTarget: 2, deadline: 10_000 };
const wait = (retry: number, least: number) => Math.max(least, retry * 100);
const target = (index: number, retries = 0, notBefore = 0): RetryCandidate => ({ index, retries, notBefore });

describe("choosing whom to call again", () => {
  it.each<[string, RetryCandidate[], { index: number; waitMs: number } | undefined]>([
    ["takes the first of equals", [target(0), target(1)], { index: 0, waitMs: 100 }],
    ["takes who was called less often", [target(0, 1), target(1)], { index: 1, waitMs: 100 }],
    ["takes who can be called sooner", [target(0, 0, 3_000), target(1, 0, 2_000)], { index: 1, waitMs: 1_000 }],
    ["waits for who asked to wait", [target(0, 0, 3_000)], { index: 0, waitMs: 2_000 }],
    ["leaves out who was called often enough", [target(0, 2), target(1, 1)], { index: 1, waitMs: 200 }],
    ["leaves out who wants to rest for longer than there is time", [target(0, 0, 10_000), target(1, 1, 9_999)], { index: 1, waitMs: 8_999 }],
    ["finds nobody among nobody", [], undefined],
    ["finds nobody where all were called often enough", [target(0, 2)], undefined],
  ])("%s", (_, candidates, choice) => {
    expect(chooseRetry(candidates, 1_000, bounds, wait)).toEqual(choice);
  });

  it("never calls anyone early, late or too often", () => {
    const candidates = fc.array(fc.record({ index: fc.nat(20), retries: fc.nat(4), notBefore: fc.nat(20_000) }), { maxLength: 8 });
    fc.assert(
      fc.property(candidates, fc.nat(12_000), (all, now) => {
        const choice = chooseRetry(all, now, bounds, wait);
        if (choice === undefined) return;
        const chosen = all.filter(({ index }) => index === choice.index);
        expect(chosen.some(({ retries, notBefore }) => retries < 2 && now + choice.waitMs >= notBefore)).toBe(true);
        expect(now + choice.waitMs).toBeLessThan(bounds.deadline);
      }),
    );
  });
});
