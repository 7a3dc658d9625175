import { callsNeeded, followRecovery, type Judged, orderByScore } from "./recovered-gap.ts";
import { measureRecovery } from "./measure-recovery.ts";

const row = (strong: number, weak: number, score: number): Judged => ({ strong, weak, score });
/** One in four questions needs the strong model. */
const ROWS = Array.from({ length: 400 }, (_, index) => row(1, index % 4 === 0 ? 0 : 1, 0));

describe("following the recovered gap in quality", () => {
  it("starts with the weak model and ends with the strong one", () => {
    const { quality } = followRecovery(ROWS, [...ROWS.keys()]);
    expect([quality[0], quality[400]]).toEqual([expect.closeTo(0.75, 9), expect.closeTo(1, 9)]);
  });

  it("finds the area and the calls of one who knows the outcomes", () => {
    const { figures } = measureRecovery(ROWS, 1, 0);
    // The whole gap is recovered over the first quarter of the calls: 1 - 0.25 / 2.
    expect(figures.oracle.area).toBeCloseTo(0.875, 9);
    expect(figures.oracle.calls50).toBeCloseTo(0.125, 9);
    expect(figures.oracle.calls80).toBeCloseTo(0.2, 9);
  });

  it("finds chance to recover the gap in step with the calls", () => {
    const { random, model } = measureRecovery(ROWS, 1, 0).figures;
    expect(random.area).toBeCloseTo(0.5, 1);
    expect(random.calls80).toBeCloseTo(0.8, 1);
    // Equal scores say nothing.
    expect(Math.abs(model.area - 0.5)).toBeLessThan(0.15);
  });

  it("orders equal scores by the draws, and gives the same figures for the same seed", () => {
    expect(orderByScore([row(1, 0, 1), row(1, 0, 2), row(1, 0, 1)], [0.9, 0.5, 0.1])).toEqual([1, 2, 0]);
    expect(measureRecovery(ROWS, 7, 50).interval).toEqual(measureRecovery(ROWS, 7, 50).interval);
  });

  it("counts an order that avoids the strong model below chance", () => {
    const backwards = ROWS.map(({ strong, weak }) => row(strong, weak, weak - strong));
    expect(
      followRecovery(
        backwards,
        orderByScore(
          backwards,
          backwards.map(() => 0),
        ),
      ).area,
    ).toBeCloseTo(0.125, 9);
    expect(
      callsNeeded(
        followRecovery(
          backwards,
          orderByScore(
            backwards,
            backwards.map(() => 0),
          ),
        ),
        0.5,
      ),
    ).toBeCloseTo(0.875, 9);
  });
});
