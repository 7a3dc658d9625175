import fc from "fast-check";
import { backoff, DEFAULT_BACKOFF } from "./backoff.ts";

describe("backing off", () => {
  it.each([
    [1, 1, 0, 100],
    [2, 1, 0, 200],
    [3, 0.5, 0, 200],
    [7, 1, 0, 5_000],
    [2_000, 1, 0, 5_000],
    [1, 0, 0, 0],
    [1, 0.5, 3_000, 3_000],
    [9, 1, 3_000, 5_000],
  ])("waits before further call %i with a draw of %d and a wish for %i ms: %i ms", (retry, random, retryAfterMs, expected) => {
    expect(backoff(retry, random, retryAfterMs, DEFAULT_BACKOFF)).toBe(expected);
  });

  it("waits at least as long as was asked for and otherwise within its bounds", () => {
    const settings = fc.record({ firstMs: fc.integer({ min: 1, max: 10_000 }), mostMs: fc.integer({ min: 1, max: 100_000 }) });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), unit, fc.nat(1e6), settings, (retry, random, asked, bounds) => {
        const wait = backoff(retry, random, asked, bounds);
        expect(wait).toBeGreaterThanOrEqual(asked);
        expect(wait).toBeLessThanOrEqual(Math.max(asked, bounds.mostMs, 0));
        expect(Number.isInteger(wait)).toBe(true);
        expect(backoff(retry + 1, random, asked, bounds)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});
