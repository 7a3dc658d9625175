import fc from "fast-check";
import { predictDifficulty } from "./predict-difficulty.ts";

const EASY = [
  "hi",
  "What is the capital of France?",
  "Write a haiku about rain.",
  "thanks, that helped a lot",
  "Can cats eat blueberries?",
];
const HARD = [
  "Prove that every finite integral domain is a field, and give a counterexample where the domain is infinite.",
  "Implement a concurrent hash map in Rust without locks, explain the memory ordering of each operation and analyse its complexity.",
  "A tank holds 500 litres. Pump A fills it at 12 litres a minute, pump B drains it at 5, and after 20 minutes a third pump joins that is half as fast as A. When is the tank full, and how does the answer change if B stops for 10 minutes?",
];

describe("predicting how difficult a prompt is", () => {
  it("gives a share, the same each time, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
        const difficulty = predictDifficulty(text);
        expect(difficulty).toBeGreaterThanOrEqual(0);
        expect(difficulty).toBeLessThanOrEqual(1);
        expect(predictDifficulty(text)).toBe(difficulty);
      }),
    );
  });

  it("takes small talk and plain questions to be easier than proofs, systems code and long calculations", () => {
    const easiest = Math.min(...HARD.map(predictDifficulty));
    for (const text of EASY) expect(predictDifficulty(text)).toBeLessThan(easiest);
  });

  it("looks at the head of a text only", () => {
    const head = "Explain the proof step by step. ".repeat(200);
    expect(predictDifficulty(`${head}and more`)).toBe(predictDifficulty(`${head}and something else`));
  });

  it("takes nothing to be easy", () => {
    expect(predictDifficulty("")).toBe(0);
    expect(predictDifficulty(" \n ")).toBe(0);
  });
});
