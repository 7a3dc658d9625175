import fc from "fast-check";
import { sizeLease } from "./size-lease.ts";

const amount = fc.bigInt({ min: 0n, max: 1_000_000_000_000_000_000n });

describe("sizeLease", () => {
  it.each([
    [1_000n, 10n, 100n, 100n],
    [1_000n, 10n, 900n, 250n],
    [1_000n, 400n, 900n, 400n],
    [30n, 10n, 100n, 10n],
    [10n, 10n, 100n, 10n],
    [9n, 10n, 100n, 0n],
    [100n, 50n, 0n, 50n],
    [0n, 0n, 0n, 0n],
    [5n, 0n, 0n, 1n],
    [-5n, 0n, 10n, 0n],
  ])("of %s left with minimum %s and wanted %s is %s", (remaining, minimum, wanted, expected) => {
    expect(sizeLease(remaining, minimum, wanted)).toBe(expected);
  });

  it("is never more than is left, and never between nothing and the minimum", () => {
    fc.assert(
      fc.property(amount, amount, amount, (remaining, minimum, wanted) => {
        const share = sizeLease(remaining, minimum, wanted);
        expect(share).toBeLessThanOrEqual(remaining);
        if (share === 0n) expect(remaining < minimum || remaining === 0n).toBe(true);
        else expect(share).toBeGreaterThanOrEqual(minimum);
      }),
    );
  });
});
