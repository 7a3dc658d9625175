import fc from "fast-check";
import { scanText } from "../analysis/scan-text.ts";
import { FEATURE_NAMES, shapeFeatures } from "./shape-features.ts";

function feature(text: string, name: string): number | undefined {
  return shapeFeatures(scanText(text))[FEATURE_NAMES.indexOf(name)];
}

const CHOICE = "Which holds?\nA. Increases, increases\nB. Increases, decreases\nC. Decreases, increases";

describe("measuring the form of a question", () => {
  it.each<[string, string, number]>([
    ["choice", CHOICE, 1],
    ["optionCount", CHOICE, 3],
    ["optionAlike", CHOICE, 0.75],
    ["endsAsking", CHOICE, 1],
    ["endsAsking", "Tell me.", 0],
    ["optionNumeric", "2+2?\nA. 3\nB. 4\nC. 5", 1],
    ["numbers", "3 apples and 4.5 pears for $1,200", 3],
    ["decimals", "3 apples and 4.5 pears", 1],
    ["sentences", "One. Two! Three?", 3],
    ["blank", "The ____ is blue", 1],
    ["allCapitals", "NASA flew", 0.5],
  ])("finds %s of %j", (name, text, value) => {
    expect(feature(text, name)).toBe(value);
  });

  it("gives a finite number for each feature, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const features = shapeFeatures(scanText(text));
        expect(features).toHaveLength(FEATURE_NAMES.length);
        expect([...features].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
