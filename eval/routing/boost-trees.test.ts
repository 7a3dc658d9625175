import { forestValue, unpackForest } from "@fairlead/decision/quality/forest";
import { boostedValue, boostTrees } from "./boost-trees.ts";
import { seededRandom } from "./seeded-random.ts";

const OPTIONS = { rounds: 120, rate: 0.1, depth: 2, leafWeight: 5, ridge: 1, rowShare: 0.8, featureShare: 1, bins: 16 };

function examples(count: number): { rows: Float64Array[]; targets: number[] } {
  const random = seededRandom(3);
  const rows = Array.from({ length: count }, () => Float64Array.from({ length: 3 }, random));
  // Only where both first features are high; the third says nothing.
  return { rows, targets: rows.map(([a = 0, b = 0]) => (a > 0.5 && b > 0.5 ? 1 : 0)) };
}

describe("growing a sum of trees", () => {
  it("learns what two features tell only together", () => {
    const { rows, targets } = examples(600);
    const model = boostTrees(
      rows,
      targets,
      rows.map(() => 1),
      OPTIONS,
      seededRandom(1),
    );
    expect(boostedValue(model, Float64Array.of(0.9, 0.9, 0.5))).toBeGreaterThan(0.9);
    expect(boostedValue(model, Float64Array.of(0.9, 0.1, 0.5))).toBeLessThan(0.1);
    expect(boostedValue(model, Float64Array.of(0.1, 0.9, 0.5))).toBeLessThan(0.1);
  });

  it("uses no feature that is not allowed", () => {
    const { rows, targets } = examples(300);
    const model = boostTrees(
      rows,
      targets,
      rows.map(() => 1),
      { ...OPTIONS, allowed: [2] },
      seededRandom(1),
    );
    expect(new Set(model.trees.flatMap(({ features }) => features))).toEqual(new Set([2]));
  });

  it("gives the same trees for the same seed", () => {
    const { rows, targets } = examples(200);
    const grow = () =>
      boostTrees(
        rows,
        targets,
        rows.map(() => 1),
        OPTIONS,
        seededRandom(9),
      );
    expect(grow()).toEqual(grow());
  });

  it("says the same after it was packed", () => {
    const { rows, targets } = examples(200);
    const { base, trees } = boostTrees(
      rows,
      targets,
      rows.map(() => 1),
      OPTIONS,
      seededRandom(9),
    );
    const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString("base64");
    const forest = unpackForest({
      base,
      depth: OPTIONS.depth,
      features: Buffer.from(trees.flatMap(({ features }) => features)).toString("base64"),
      thresholds: floats(trees.flatMap(({ thresholds }) => thresholds)),
      leaves: floats(trees.flatMap(({ leaves }) => leaves)),
    });
    for (const row of rows) expect(forestValue(forest, row)).toBeCloseTo(boostedValue({ base, trees }, row), 4);
  });
});
