import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { priceAt } from "./price-at.ts";

const always = create(ModelPriceSchema, { input: 1n });
const early = dated(1_000, 2n);
const late = dated(2_000, 3n);

describe("priceAt", () => {
  it.each([
    [999, always],
    [1_000, early],
    [1_999, early],
    [2_000, late],
  ])("at %s finds the newest price whose date has come, in any order of the list", (now, expected) => {
    expect(priceAt([late, always, early], now)).toBe(expected);
    expect(priceAt([always, early, late], now)).toBe(expected);
  });

  it("knows no price before the first date", () => {
    expect(priceAt([early, late], 999)).toBeUndefined();
    expect(priceAt([], 0)).toBeUndefined();
  });

  it("takes the one listed last of two with the same date", () => {
    const other = dated(2_000, 4n);
    expect(priceAt([late, other], 2_000)).toBe(other);
  });
});

function dated(fromMs: number, input: bigint): ModelPrice {
  return create(ModelPriceSchema, { input, effectiveFrom: timestampFromMs(fromMs) });
}
