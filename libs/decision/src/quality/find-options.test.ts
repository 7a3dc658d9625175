import { scanText } from "../analysis/scan-text.ts";
import { findOptions } from "./find-options.ts";

function optionsOf(text: string): string[] {
  return findOptions(scanText(text)).spans.map(([start, end]) => text.slice(start, end));
}

describe("finding the choices of a question", () => {
  it.each([
    ["letters with points", "Which?\nA. one\nB. two\nC. three\nAnswer:", ["one", "two", "three"]],
    ["letters in brackets", "Which?\n(a) one\n(b) two\n(c) three", ["one", "two", "three"]],
    ["no blank behind the mark", "Which?\nA)one\nB)two\nC)three", ["one", "two", "three"]],
    ["two choices only", "Which?\nA. one\nB. two", []],
    ["letters out of order", "Which?\nB. one\nA. two\nC. three", []],
    ["a list of questions", "Read this.\nA. Who is it?\nB. Where is it?\nC. Why?", []],
    ["a list that a question follows", "Figures:\nA. 10\nB. 20\nC. 30\nWhich is the highest?", []],
    ["plain lines", "one\ntwo\nthree", []],
  ])("sees %s", (_, text, options) => {
    expect(optionsOf(text)).toEqual(options);
  });

  it("tells where the question ends", () => {
    const text = "Which of these?\nA. one\nB. two\nC. three";
    expect(text.slice(0, findOptions(scanText(text)).stemEnd)).toBe("Which of these?\n");
    expect(findOptions(scanText("No choice")).stemEnd).toBe(9);
  });
});
