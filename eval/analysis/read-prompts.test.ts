import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgePairs } from "./confusion.ts";
import { categoryOf } from "./label-names.ts";
import { readPrompts } from "./read-prompts.ts";

describe("understanding labels of other collections", () => {
  it.each<[string, boolean, string | undefined]>([
    ["coding", false, "code"],
    ["Creative Writing", false, "creative_writing"],
    ["roleplay", false, "creative_writing"],
    ["math", false, "analysis"],
    ["simple", true, "function_calling"],
    ["simple", false, undefined],
    ["hard_prompt", false, undefined],
  ])("takes %j, functions %j, for %j", (label, functions, category) => {
    expect(categoryOf(label, functions)).toBe(category);
  });

  it("prefers the subcategory, reads functions and counts what it does not know", () => {
    const path = join(mkdtempSync(join(tmpdir(), "prompts-")), "p.jsonl");
    const rows = [
      { prompt: "a", category: "hard_prompt", subcategory: "coding" },
      { question: "b", category: "simple", functions: { name: "f", parameters: {} } },
      { prompt: "c", category: "riddle", complexity: "huge", language: "EN" },
    ];
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    const { prompts, unknown } = readPrompts(path);
    expect(prompts).toEqual([
      { text: "a", tools: [], category: "code" },
      { text: "b", tools: [{ name: "f", description: "", parametersJson: "{}" }], category: "function_calling" },
      { text: "c", tools: [], language: "en" },
    ]);
    expect([...unknown]).toEqual([
      ["category: riddle", 1],
      ["complexity: huge", 1],
    ]);
  });
});

describe("judging what was found", () => {
  it("finds precision, recall and the mean of F1 over the labels that occur", () => {
    const pairs = [
      ["a", "a"],
      ["a", "b"],
      ["b", "b"],
      ["b", "b"],
      ["b", "c"],
    ].map(([label = "", found = ""]) => ({ label, found }));
    const { accuracy, classes, macroF1 } = judgePairs(pairs);
    expect(accuracy).toBeCloseTo(0.6, 9);
    expect(classes.find(({ label }) => label === "b")).toMatchObject({ rows: 3, precision: 2 / 3, recall: 2 / 3 });
    expect(macroF1).toBeCloseTo((2 / 3 + 2 / 3) / 2, 9);
  });
});
