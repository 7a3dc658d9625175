import fc from "fast-check";
import { predictQuality } from "./predict-quality.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("predicting the quality of an answer", () => {
  it("gives a probability, also at the ends of the scales", () => {
    fc.assert(
      fc.property(share, share, (strength, difficulty) => {
        const quality = predictQuality(strength, difficulty);
        expect(quality).toBeGreaterThan(0);
        expect(quality).toBeLessThan(1);
      }),
    );
    expect([predictQuality(0, 1), predictQuality(1, 0)].every(Number.isFinite)).toBe(true);
  });

  it("rises with the strength of the model", () => {
    fc.assert(
      fc.property(share, share, share, (one, other, difficulty) => {
        const [weak, strong] = one < other ? [one, other] : [other, one];
        expect(predictQuality(strong, difficulty)).toBeGreaterThanOrEqual(predictQuality(weak, difficulty));
      }),
    );
    expect(predictQuality(0.9, 0.4)).toBeGreaterThan(predictQuality(0.6, 0.4));
  });

  it("falls with the difficulty of the question", () => {
    fc.assert(
      fc.property(share, share, share, (strength, one, other) => {
        const [easy, hard] = one < other ? [one, other] : [other, one];
        expect(predictQuality(strength, hard)).toBeLessThanOrEqual(predictQuality(strength, easy));
      }),
    );
    expect(predictQuality(0.7, 0.8)).toBeLessThan(predictQuality(0.7, 0.2));
  });

  it("takes a model to be right every second time where its strength equals the difficulty", () => {
    expect(predictQuality(0.63, 0.63)).toBeCloseTo(0.5, 12);
  });
});
