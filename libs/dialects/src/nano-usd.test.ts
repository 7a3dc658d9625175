import fc from "fast-check";
import { formatNanoUsd, parseNanoUsd } from "./nano-usd.ts";

describe("nano-dollars", () => {
  it.each([
    [0n, "0"],
    [1n, "0.000000001"],
    [1_500_000n, "0.0015"],
    [1_000_000_000n, "1"],
    [12_345_678_901n, "12.345678901"],
    [-50n, "-0.00000005"],
    [10n ** 18n, "1000000000"],
  ])("writes %s as %s", (nano, dollars) => {
    expect(formatNanoUsd(nano)).toBe(dollars);
  });

  it.each([
    ["0.0015", 1_500_000n],
    [".5", 500_000_000n],
    ["5.", 5_000_000_000n],
    ["0.1000000000", 100_000_000n],
    [0.1, 100_000_000n],
    [1e-7, 100n],
    ["1e3", 1_000_000_000_000n],
    ["-2", -2_000_000_000n],
  ])("reads %s", (dollars, nano) => {
    expect(parseNanoUsd(dollars)).toBe(nano);
  });

  it.each(["", ".", "1.0000000001", 1e-10, "abc", "1,5", "0x10", " 1", "1e999", Number.NaN, Number.POSITIVE_INFINITY])(
    "does not read %s",
    (dollars) => {
      expect(parseNanoUsd(dollars)).toBeUndefined();
    },
  );

  it("come back as they were", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        (nano) => parseNanoUsd(formatNanoUsd(nano)) === nano,
      ),
    );
  });
});
