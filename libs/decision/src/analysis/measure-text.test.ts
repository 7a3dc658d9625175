import fc from "fast-check";
import { emptyMeasure, estimateTokens, measureText } from "./measure-text.ts";

const encoder = new TextEncoder();

describe("measuring a text", () => {
  it.each([
    ["", 0, 0, 0],
    ["abc", 3, 0, 3],
    ["für", 4, 0, 3],
    ["日本", 6, 2, 2],
    ["😀", 4, 2, 2],
    ["\ud800", 3, 1, 1],
    ["\udc00\ud800", 6, 2, 2],
    ["\ud800\ud83d\ude00", 7, 3, 3],
  ])("finds the figures of %j", (text, bytes, wide, characters) => {
    expect(measureText(text, emptyMeasure())).toEqual({ bytes, wide, characters });
  });

  it("counts the bytes of UTF-8, whatever the text, also where it holds half a character", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
      fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })).map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const { bytes, characters } = measureText(text, emptyMeasure());
        expect(bytes).toBe(encoder.encode(text).length);
        expect(characters).toBe(text.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it("adds up over texts", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const sum = emptyMeasure();
        for (const text of texts) measureText(text, sum);
        expect(sum.bytes).toBe(encoder.encode(texts.join("")).length);
      }),
    );
  });

  it("never estimates more tokens than there are bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const measure = measureText(text, emptyMeasure());
        expect(estimateTokens(measure)).toBeLessThanOrEqual(measure.bytes);
      }),
    );
  });
});
