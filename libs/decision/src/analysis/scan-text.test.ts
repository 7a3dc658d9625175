import fc from "fast-check";
import { hashWord, LOOKED_AT, MARK, scanText, WORD_FLAG } from "./scan-text.ts";

function wordsOf(text: string): string[] {
  const { starts, lengths, wordCount } = scanText(text);
  return Array.from({ length: wordCount }, (_, word) =>
    text.slice(starts[word], (starts[word] ?? 0) + (lengths[word] ?? 0)),
  );
}

describe("taking a text apart", () => {
  it.each<[string, string[]]>([
    ["Hello, world", ["Hello", "world"]],
    ["don't stop", ["don", "t", "stop"]],
    ["für zwölf Äpfel", ["für", "zwölf", "Äpfel"]],
    ["x2 + y_1", ["x", "y"]],
    ["今日は", ["今", "日", "は"]],
    ["안녕 하세요", ["안녕", "하세요"]],
    ["", []],
  ])("finds the words of %j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it("hashes a word without regard to case, and a plural also as its singular", () => {
    const scan = scanText("Apples");
    expect(scan.words[0]).toBe(hashWord("apples"));
    expect(scan.singulars[0]).toBe(hashWord("apple"));
  });

  it("counts numbers, sentences, lines and marks", () => {
    const scan = scanText("In 1999 it was 3.5 m.\nWhy? Because {a} = 1,000!");
    expect(scan).toMatchObject({ numbers: 3, decimals: 1, years: 1, sentences: 3, lineCount: 2 });
    expect(scan.marks[MARK.brace]).toBe(2);
    expect(scan.marks[MARK.equals]).toBe(1);
  });

  it("tells how a word is written and where a sentence starts", () => {
    const { flags } = scanText("The NASA team. Paris waits");
    expect(Array.from(flags.slice(0, 5))).toEqual([
      WORD_FLAG.capital | WORD_FLAG.sentenceStart,
      WORD_FLAG.capital | WORD_FLAG.allCapitals,
      0,
      WORD_FLAG.capital | WORD_FLAG.sentenceStart,
      0,
    ]);
  });

  it("stays within its bounds, whatever the text", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6_000 }),
      fc.string({ minLength: 4_000, maxLength: 9_000 }),
      fc.constant("a ".repeat(9_000)),
      fc.constant("\n".repeat(9_000)),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const scan = scanText(text);
        expect(scan.text).toBe(text.slice(0, LOOKED_AT));
        expect(scan.wordCount).toBeLessThanOrEqual(scan.words.length);
        expect(scan.lineCount).toBeLessThanOrEqual(scan.lineStarts.length);
      }),
      { numRuns: 50 },
    );
  });
});
