import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import { create } from "@bufbuild/protobuf";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import type { Case, Outcomes } from "../several-models/read-outcomes.ts";
import { seededRandom } from "../seeded-random.ts";
import { qualityByPrice } from "./price-prior.ts";
import { runPasses } from "./run-passes.ts";
import { reactionOf, turnBad } from "./turn-bad.ts";

const MODELS = [
  { name: "dear", priceIn: 10, priceOut: 30 },
  { name: "plain", priceIn: 1, priceOut: 3 },
];

/** The cheap model is a little better, whatever the price list lets one expect. */
function tableOf(count: number): Outcomes {
  const random = seededRandom(3);
  const cases = Array.from({ length: count }, (_, id): Case => ({
    id: `q${id}`,
    category: "any",
    analysis: create(AnalysisSchema, {
      category: "conversation",
      complexity: "simple",
      inputTokens: 100,
      outputTokens: 50,
    }),
    results: MODELS.map(({ priceIn, priceOut }, place) => ({
      correct: random() < (place === 0 ? 0.87 : 0.93) ? 1 : 0,
      inputTokens: 100,
      outputTokens: 50,
      costNanoUsd: 1_000 * (100 * priceIn + 50 * priceOut),
      latencyMs: 1_000,
    })),
  }));
  return { models: MODELS, cases, notes: [] };
}

const TABLE = tableOf(600);
const SETTING = { contexts: "table", qualities: qualityByPrice(MODELS), options: DEFAULT_LEARNING } as const;

describe("a replay", () => {
  it("starts with what the price list says and comes to take the cheaper that is as good", () => {
    const passes = runPasses(TABLE, SETTING, 1, 10);
    const cheapShare = (steps: readonly { chosen: number }[]) =>
      steps.filter(({ chosen }) => chosen === 1).length / steps.length;
    for (const { frozen } of passes) expect(cheapShare(frozen)).toBe(0);
    const last = passes.flatMap(({ learned }) => learned.slice(-100));
    expect(cheapShare(last)).toBeGreaterThan(0.7);
  });

  it("sends each case once and reveals only the chosen model's answer", () => {
    const [pass] = runPasses(TABLE, SETTING, 1, 1);
    const ids = pass?.learned.map(({ arrival }) => arrival.case.id) ?? [];
    expect(new Set(ids).size).toBe(TABLE.cases.length);
    for (const { arrival, chosen, result } of pass?.learned ?? []) expect(result).toBe(arrival.results[chosen]);
  });

  it("is the same for the same seed", () => {
    const choices = () => runPasses(TABLE, SETTING, 7, 1)[0]?.learned.map(({ chosen }) => chosen);
    expect(choices()).toEqual(choices());
  });
});

describe("a model that turns bad", () => {
  it("answers wrong from then on, as often as it should", () => {
    const arrivals = runPasses(TABLE, SETTING, 1, 1)[0]?.arrivals ?? [];
    const spoiled = turnBad(arrivals, 1, 300, 0.8, seededRandom(2));
    const right = (own: typeof spoiled) => own.filter(({ results }) => results[1]?.correct === 1).length / own.length;
    expect(right(spoiled.slice(0, 300))).toBe(right(arrivals.slice(0, 300)));
    expect(right(spoiled.slice(300))).toBeLessThan(0.3);
    expect(spoiled.map(({ results }) => results[0])).toEqual(arrivals.map(({ results }) => results[0]));
  });

  it("has its reaction told in requests after the change", () => {
    const [pass] = runPasses(TABLE, SETTING, 1, 1);
    const steps = (pass?.learned ?? []).map((step, index) => ({
      ...step,
      chosen: index < 310 ? 1 : 0,
      alarms: index === 309 ? ["plain"] : [],
    }));
    expect(reactionOf(steps, 1, "plain", 300)).toEqual({
      shareBefore: 1,
      untilAlarm: 10,
      callsUntilAlarm: 10,
      untilHalved: 36,
    });
  });
});
