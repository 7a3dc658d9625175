import { advanceLearned, applyFeedback, type ObservedOutcome } from "./advance-learned.ts";
import { describeLearned } from "./describe-learned.ts";
import type { ArmPrior } from "./estimate-arms.ts";
import { createLearned, type LearnedState } from "./learned-state.ts";
import { DEFAULT_LEARNING as OPTIONS } from "./learning-options.ts";
import { resetLearned } from "./reset-learned.ts";
import { type ArmScores, scoreArms } from "./score-arm.ts";
import { seededDraws } from "../routing/testing/make-question.ts";

const CODE = { category: "code", complexity: "simple" };
const PROSE = { category: "creative_writing", complexity: "simple" };
const GOOD: ArmPrior = { arm: "a/good", quality: 0.9, costNanoUsd: 10_000, latencyMs: 2_000 };
const CHEAP: ArmPrior = { arm: "b/cheap", quality: 0.88, costNanoUsd: 1_000, latencyMs: 1_000 };
const WEAK: ArmPrior = { arm: "c/weak", quality: 0.3, costNanoUsd: 10, latencyMs: 100 };
const ARMS = [GOOD, CHEAP, WEAK];
const never = () => 1;

let clock = 0;

function outcome(arm: ArmPrior, facts: Partial<ObservedOutcome> = {}): ObservedOutcome {
  clock += 1_000;
  const { costNanoUsd, latencyMs } = arm;
  return {
    context: CODE,
    arm: arm.arm,
    succeeded: true,
    costNanoUsd,
    latencyMs,
    expected: { costNanoUsd, latencyMs },
    at: clock,
    ...facts,
  };
}

/** Sends outcomes of which a share is good, evenly spread. */
function teach(
  state: LearnedState,
  arm: ArmPrior,
  count: number,
  share: number,
  facts: Partial<ObservedOutcome> = {},
): void {
  for (let call = 1; call <= count; call++) {
    const good = Math.floor(call * share) > Math.floor((call - 1) * share);
    advanceLearned(state, outcome(arm, { quality: good ? 1 : 0, ...facts }), OPTIONS);
  }
}

function orderOf(scores: ArmScores): string[] {
  return [...scores].sort((a, b) => b.score - a.score).map(({ arm }) => arm);
}

function of(scores: ArmScores, { arm }: ArmPrior) {
  return scores.find((one) => one.arm === arm) as ArmScores[number];
}

describe("a cold start", () => {
  it("ranks by what the catalogue says and holds back what might be much worse", () => {
    const scores = scoreArms(createLearned(), CODE, ARMS, OPTIONS, never);
    expect(orderOf(scores)).toEqual(["b/cheap", "a/good", "c/weak"]);
    expect(of(scores, WEAK)).toMatchObject({ guarded: true, reason: "might answer much worse than the safest choice" });
    expect(of(scores, GOOD)).toMatchObject({
      guarded: false,
      evidence: 0,
      reason: "is ranked by its description, having been called little",
    });
  });

  it("expects the catalogue's cost and latency", () => {
    expect(of(scoreArms(createLearned(), CODE, ARMS, OPTIONS, never), GOOD)).toMatchObject({
      costNanoUsd: 10_000,
      latencyMs: 2_000,
    });
  });
});

describe("learning", () => {
  it("comes to prefer what answers better in a context, and only there", () => {
    const state = createLearned();
    for (const [arm, inCode, inProse] of [
      [GOOD, 0.95, 0.9],
      [CHEAP, 0.4, 0.95],
    ] as const) {
      teach(state, arm, 60, inCode);
      teach(state, arm, 60, inProse, { context: PROSE });
    }
    expect(orderOf(scoreArms(state, CODE, ARMS, OPTIONS, never))[0]).toBe("a/good");
    expect(orderOf(scoreArms(state, PROSE, ARMS, OPTIONS, never))[0]).toBe("b/cheap");
  });

  it("carries over to a context never seen what was learned in others", () => {
    const state = createLearned();
    teach(state, GOOD, 80, 0.95);
    teach(state, CHEAP, 80, 0.3);
    const scores = scoreArms(state, { category: "analysis", complexity: "complex" }, ARMS, OPTIONS, never);
    expect(orderOf(scores)[0]).toBe("a/good");
    expect(of(scores, CHEAP).evidence).toBe(0);
    expect(of(scores, CHEAP).quality).toBeLessThan(0.6);
  });

  it("tells nothing of the quality from an answer that nobody rated", () => {
    const state = createLearned();
    for (let call = 0; call < 100; call++) advanceLearned(state, outcome(CHEAP), OPTIONS);
    const before = of(scoreArms(createLearned(), CODE, ARMS, OPTIONS, never), CHEAP).quality;
    // What is left is that all its calls were answered.
    expect(of(scoreArms(state, CODE, ARMS, OPTIONS, never), CHEAP).quality / before).toBeLessThan(1.03);
  });

  it("lowers what is expected of an arm whose calls fail", () => {
    const state = createLearned();
    for (let call = 0; call < 40; call++) advanceLearned(state, outcome(CHEAP, { succeeded: false }), OPTIONS);
    const scores = scoreArms(state, CODE, ARMS, OPTIONS, never);
    expect(of(scores, CHEAP).quality).toBeLessThan(0.3);
    expect(orderOf(scores)[0]).toBe("a/good");
  });

  it("expects what calls cost and take in truth, for a request of any size", () => {
    const state = createLearned();
    for (let call = 0; call < 200; call++)
      advanceLearned(state, outcome(CHEAP, { costNanoUsd: 3_000, latencyMs: 500 }), OPTIONS);
    const scores = scoreArms(state, CODE, [GOOD, { ...CHEAP, costNanoUsd: 50_000 }], OPTIONS, never);
    expect(of(scores, CHEAP).costNanoUsd / 50_000).toBeCloseTo(3, 0);
    expect(of(scores, CHEAP).latencyMs).toBeLessThan(600);
  });

  it("counts an opinion that is changed once, as it is in the end", () => {
    const [once, changed] = [createLearned(), createLearned()];
    applyFeedback(once, { context: CODE, arm: CHEAP.arm, score: 0.2, at: 1_000 }, OPTIONS);
    applyFeedback(changed, { context: CODE, arm: CHEAP.arm, score: 0.9, at: 1_000 }, OPTIONS);
    applyFeedback(changed, { context: CODE, arm: CHEAP.arm, score: 0.2, earlier: 0.9, at: 1_000 }, OPTIONS);
    const [told, expected] = [changed, once].map((state) => describeLearned(state, OPTIONS)[0]);
    expect(told?.ratings).toBe(1);
    expect(told?.quality?.mean).toBeCloseTo(expected?.quality?.mean ?? Number.NaN, 12);
  });

  it("takes feedback on answers as ratings", () => {
    const state = createLearned();
    for (let call = 0; call < 50; call++) {
      advanceLearned(state, outcome(CHEAP), OPTIONS);
      applyFeedback(state, { context: CODE, arm: CHEAP.arm, score: 0.1, at: clock }, OPTIONS);
    }
    expect(orderOf(scoreArms(state, CODE, ARMS, OPTIONS, never))[0]).toBe("a/good");
    expect(describeLearned(state, OPTIONS)[0]).toMatchObject({
      arm: "b/cheap",
      calls: 50,
      ratings: expect.closeTo(50, 1),
    });
  });

  it("forgets with time: after many half-lives the order is that of the catalogue", () => {
    const state = createLearned();
    teach(state, CHEAP, 100, 0);
    advanceLearned(state, outcome(WEAK, { at: clock + 12 * OPTIONS.halfLifeMs }), OPTIONS);
    expect(orderOf(scoreArms(state, CODE, [GOOD, CHEAP], OPTIONS, never))).toEqual(["b/cheap", "a/good"]);
    clock = state.at;
  });

  it("explores one decision in twenty at most once it is warm", () => {
    const state = createLearned();
    teach(state, CHEAP, OPTIONS.warmUpCalls, 0.8);
    const random = seededDraws(1);
    const explored = Array.from({ length: 20_000 }, () =>
      scoreArms(state, CODE, ARMS, OPTIONS, random).some((one) => one.exploring),
    );
    const share = explored.filter(Boolean).length / explored.length;
    expect(share).toBeGreaterThan(0.001);
    expect(share).toBeLessThan(OPTIONS.exploreShare);
  });
});

describe("an arm that turns bad", () => {
  it("is noticed within few calls, in all contexts, with the time of the change", () => {
    const state = createLearned();
    teach(state, CHEAP, 300, 0.9);
    teach(state, GOOD, 60, 0.9);
    expect(orderOf(scoreArms(state, PROSE, ARMS, OPTIONS, never))[0]).toBe("b/cheap");
    const began = clock;
    teach(state, CHEAP, 25, 0.2);
    const row = describeLearned(state, OPTIONS).find(({ arm, context }) => arm === "b/cheap" && context === undefined);
    expect(row?.lastChangeAt).toBeGreaterThan(began);
    expect(row?.lastChangeAt).toBeLessThanOrEqual(clock);
    expect(orderOf(scoreArms(state, CODE, ARMS, OPTIONS, never))[0]).toBe("a/good");
    expect(orderOf(scoreArms(state, PROSE, ARMS, OPTIONS, never))[0]).toBe("a/good");
  });

  it("is noticed by its failing calls too", () => {
    const state = createLearned();
    for (let call = 0; call < 200; call++) advanceLearned(state, outcome(CHEAP), OPTIONS);
    for (let call = 0; call < 10; call++) advanceLearned(state, outcome(CHEAP, { succeeded: false }), OPTIONS);
    expect(describeLearned(state, OPTIONS)[0]?.lastChangeAt).toBeDefined();
  });

  it("is not cried out for while answers are as good as ever", () => {
    const state = createLearned();
    const random = seededDraws(7);
    for (let call = 0; call < 20_000; call++)
      advanceLearned(state, outcome(CHEAP, { quality: random() < 0.8 ? 1 : 0 }), OPTIONS);
    expect(describeLearned(state, OPTIONS)[0]?.lastChangeAt).toBeUndefined();
  });
});

describe("what was learned", () => {
  it("is listed by arm and context with intervals, cost and latency", () => {
    const state = createLearned();
    teach(state, CHEAP, 10, 0.5);
    teach(state, CHEAP, 10, 0.5, { context: PROSE, costNanoUsd: 2_000 });
    const rows = describeLearned(state, OPTIONS);
    expect(rows.map(({ context, calls }) => [context?.category, calls])).toEqual([
      [undefined, 20],
      ["code", 10],
      ["creative_writing", 10],
    ]);
    expect(rows[1]?.quality?.mean).toBeCloseTo(0.5, 1);
    expect(rows[1]?.quality?.low).toBeLessThan(0.3);
    expect(rows[2]).toMatchObject({
      costNanoUsd: expect.closeTo(2_000, 3),
      costRatio: expect.closeTo(2, 3),
      latencyMs: expect.closeTo(1_000, 3),
    });
  });

  it("is forgotten where it is reset and kept elsewhere", () => {
    const state = createLearned();
    teach(state, CHEAP, 10, 0.5);
    teach(state, CHEAP, 7, 0.5, { context: PROSE });
    teach(state, GOOD, 5, 0.5);
    resetLearned(state, { arm: CHEAP.arm, context: CODE }, OPTIONS);
    expect(describeLearned(state, OPTIONS).map(({ arm, context, calls }) => [arm, context?.category, calls])).toEqual([
      ["a/good", undefined, 5],
      ["a/good", "code", 5],
      ["b/cheap", undefined, 7],
      ["b/cheap", "creative_writing", 7],
    ]);
  });

  it("leaves out what is no number", () => {
    const state = createLearned();
    advanceLearned(state, outcome(CHEAP, { costNanoUsd: Number.NaN }), OPTIONS);
    advanceLearned(state, outcome(CHEAP, { at: Number.POSITIVE_INFINITY }), OPTIONS);
    expect(state).toEqual(createLearned());
  });
});
