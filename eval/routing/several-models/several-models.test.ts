import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { predictQuality } from "@fairlead/decision/quality/predict-quality";
import { InputError } from "../../read-table.ts";
import { seededRandom } from "../seeded-random.ts";
import { calibrate } from "./calibrate.ts";
import { createDecider } from "./decide.ts";
import { paretoFront } from "./draw-front.ts";
import { type Outcomes, readOutcomes } from "./read-outcomes.ts";

const HEADER = "model,category,id,correct,input_tokens,output_tokens,latency_s\n";
const PRICES = "model,price_in,price_out\ndear,10,30\nplain,1,3\n";

/** Cases of which the dear model gets nine in ten right; the plain one all of "easy" and none of "hard". */
function rowsOf(count: number): string {
  const category = (id: number) => (id % 2 === 0 ? "easy" : "hard");
  return Array.from({ length: count }, (_, id) => {
    const dear = `dear,${category(id)},q${id},${id % 20 < 18 ? 1 : 0},100,50,2.5`;
    return `${dear}\nplain,${category(id)},q${id},${id % 2 === 0 ? 1 : 0},100,50,0.5\n`;
  }).join("");
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "several-models-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, "outcomes.csv");
}

function tableOf(count: number): Outcomes {
  return readOutcomes({ outcomes: folderWith({ "outcomes.csv": HEADER + rowsOf(count), "models.csv": PRICES }) });
}

describe("a table of outcomes", () => {
  it("is read with what each answer cost and took", () => {
    const { models, cases } = tableOf(40);
    expect(models.map(({ name }) => name)).toEqual(["dear", "plain"]);
    expect(cases).toHaveLength(40);
    // 100 tokens at 10 and 50 at 30 dollars for a million.
    expect(cases[0]?.results[0]).toMatchObject({ correct: 1, costNanoUsd: 2_500_000, latencyMs: 2_500 });
  });

  it("is refused without prices, with the file and its columns named", () => {
    const outcomes = folderWith({ "outcomes.csv": HEADER + rowsOf(40) });
    expect(() => readOutcomes({ outcomes })).toThrow(InputError);
    expect(() => readOutcomes({ outcomes })).toThrow(/models\.csv: not there\. .*price_in and price_out/);
  });

  it("is refused where a figure is none, with line and column named", () => {
    const outcomes = folderWith({ "outcomes.csv": `${HEADER}dear,easy,q0,yes,100,50,2.5\n`, "models.csv": PRICES });
    expect(() => readOutcomes({ outcomes })).toThrow(/outcomes\.csv:2: column "correct"/);
  });

  it("is refused where a model has no price", () => {
    const outcomes = folderWith({
      "outcomes.csv": HEADER + rowsOf(40),
      "models.csv": "model,price_in,price_out\ndear,10,30\n",
    });
    expect(() => readOutcomes({ outcomes })).toThrow(/no price for plain/);
  });
});

describe("a catalogue calibrated on a table", () => {
  it("has the product predict the accuracies that it was calibrated on", () => {
    const { models, cases } = tableOf(400);
    const [dear, plain] = calibrate(cases, models);
    const predicted = (strength: number) => predictQuality(strength, cases[0]?.analysis.difficulty ?? 0);
    expect(predicted(dear?.strength ?? 0)).toBeCloseTo(0.9, 2);
    expect(predicted(plain?.strengths["easy"] ?? 0)).toBeGreaterThan(0.85);
    expect(predicted(plain?.strengths["hard"] ?? 1)).toBeLessThan(0.2);
  });

  it("lets the product take the cheap model where it is good, and only there", () => {
    const { models, cases } = tableOf(400);
    const decide = createDecider(calibrate(cases, models), seededRandom(1));
    const chosen = (category: string) =>
      decide(cases.find((one) => one.category === category) as (typeof cases)[number], { strategy: "quality" }).name;
    expect(chosen("easy")).toBe("plain");
    expect(chosen("hard")).toBe("dear");
  });
});

describe("the front of cost and quality", () => {
  it("holds what nothing beats in both", () => {
    const spot = (name: string, costPerThousand: number, accuracy: number) => ({ name, costPerThousand, accuracy });
    const front = paretoFront([spot("worse", 2, 0.7), spot("best", 3, 0.9), spot("cheap", 1, 0.8)]);
    expect(front.map(({ name }) => name)).toEqual(["cheap", "best"]);
  });
});
