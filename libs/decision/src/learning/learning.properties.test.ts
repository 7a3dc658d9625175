import fc from "fast-check";
import { advanceLearned, applyFeedback, type ObservedOutcome } from "./advance-learned.ts";
import { describeLearned } from "./describe-learned.ts";
import type { ArmPrior } from "./estimate-arms.ts";
import { createLearned, type LearnedState, type LearningContext } from "./learned-state.ts";
import { DEFAULT_LEARNING, type LearningOptions } from "./learning-options.ts";
import { resetLearned } from "./reset-learned.ts";
import { type ArmScore, type ArmScores, scoreArms } from "./score-arm.ts";

const RUNS = { numRuns: 300 };
const OPTIONS: LearningOptions = {
  ...DEFAULT_LEARNING,
  warmUpCalls: 10,
  changeEvidence: 5,
  evidenceLimit: 30,
  contextLimit: 3,
  armLimit: 4,
  halfLifeMs: 50_000,
};

const anyFigure = fc.oneof(
  fc.double({ min: 0, max: 1e12, noNaN: true }),
  fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY),
);
const anyShare = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(-1, 2, 0, 1));
const anyArm = fc.constantFrom("a/one", "a/two", "b/one", "b/two", "c/one", "constructor", "__proto__");
const anyContext: fc.Arbitrary<LearningContext> = fc.record({
  category: fc.constantFrom("code", "analysis", "conversation"),
  complexity: fc.constantFrom("simple", "complex"),
});
const anyOutcome: fc.Arbitrary<ObservedOutcome> = fc
  .record({
    context: anyContext,
    arm: anyArm,
    succeeded: fc.boolean(),
    quality: fc.option(anyShare, { nil: undefined }),
    costNanoUsd: anyFigure,
    latencyMs: anyFigure,
    expected: fc.option(fc.record({ costNanoUsd: anyFigure, latencyMs: anyFigure }), { nil: undefined }),
    at: fc.nat(1_000_000),
  })
  .map(({ quality, expected, ...rest }) => ({
    ...rest,
    ...(quality === undefined ? {} : { quality }),
    ...(expected === undefined ? {} : { expected }),
  }));
const anyOutcomes = fc.array(anyOutcome, { maxLength: 120 });
const anyPriors: fc.Arbitrary<ArmPrior[]> = fc.uniqueArray(
  fc.record({ arm: anyArm, quality: anyShare, costNanoUsd: anyFigure, latencyMs: anyFigure }),
  { minLength: 1, maxLength: 7, selector: ({ arm }) => arm },
);
const draws = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

function learnedFrom(outcomes: readonly ObservedOutcome[]): LearnedState {
  const state = createLearned();
  for (const outcome of outcomes) advanceLearned(state, outcome, OPTIONS);
  return state;
}

function repeating(values: readonly number[]): () => number {
  let place = 0;
  return () => values[place++ % values.length] as number;
}

function firstOf(scores: ArmScores): ArmScore {
  return scores.reduce((best, one) => (one.score > best.score ? one : best));
}

describe("whatever was learned", () => {
  it("gives every arm a finite score of 0 to 1 and finite expectations", () => {
    fc.assert(
      fc.property(anyOutcomes, anyContext, anyPriors, draws, (outcomes, context, priors, values) => {
        for (const one of scoreArms(learnedFrom(outcomes), context, priors, OPTIONS, repeating(values))) {
          expect(one.score).toBeGreaterThanOrEqual(0);
          expect(one.score).toBeLessThanOrEqual(1);
          expect(one.quality).toBeGreaterThanOrEqual(0);
          expect(one.quality).toBeLessThanOrEqual(1);
          for (const figure of [one.deviation, one.costNanoUsd, one.latencyMs, one.evidence])
            expect(Number.isFinite(figure)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("never puts an arm first whose quality's lower bound is further below the safest one's than the guard allows", () => {
    fc.assert(
      fc.property(anyOutcomes, anyContext, anyPriors, draws, (outcomes, context, priors, values) => {
        const scores = scoreArms(learnedFrom(outcomes), context, priors, OPTIONS, repeating(values));
        const lowerBound = ({ quality, deviation }: ArmScore) => quality - OPTIONS.guardDeviations * deviation;
        const safest = Math.max(...scores.map(lowerBound));
        for (const one of scores.filter(({ score }) => score === firstOf(scores).score)) {
          expect(lowerBound(one)).toBeGreaterThanOrEqual(safest - OPTIONS.guardGap);
        }
      }),
      RUNS,
    );
  });

  it("explores only on draws below the share that holds, and then with one arm that comes first", () => {
    fc.assert(
      fc.property(anyOutcomes, anyContext, anyPriors, draws, (outcomes, context, priors, values) => {
        const state = learnedFrom(outcomes);
        const share = state.calls < OPTIONS.warmUpCalls ? OPTIONS.warmUpShare : OPTIONS.exploreShare;
        const scores = scoreArms(state, context, priors, OPTIONS, repeating(values));
        const exploring = scores.filter((one) => one.exploring);
        expect(exploring.length).toBeLessThanOrEqual((values[0] as number) < share ? 1 : 0);
        for (const one of exploring)
          expect(scores.every((other) => other === one || other.score < one.score)).toBe(true);
      }),
      RUNS,
    );
  });

  it("decides the same after a way through JSON", () => {
    fc.assert(
      fc.property(anyOutcomes, anyOutcomes, anyContext, anyPriors, draws, (before, after, context, priors, values) => {
        const state = learnedFrom(before);
        const copy = JSON.parse(JSON.stringify(state)) as LearnedState;
        for (const outcome of after) {
          advanceLearned(state, outcome, OPTIONS);
          advanceLearned(copy, outcome, OPTIONS);
        }
        expect(copy).toEqual(state);
        expect(scoreArms(copy, context, priors, OPTIONS, repeating(values))).toEqual(
          scoreArms(state, context, priors, OPTIONS, repeating(values)),
        );
      }),
      RUNS,
    );
  });

  it("remembers no more arms and contexts than it may, and of each no more evidence", () => {
    fc.assert(
      fc.property(anyOutcomes, (outcomes) => {
        const state = learnedFrom(outcomes);
        expect(Object.keys(state.arms).length).toBeLessThanOrEqual(OPTIONS.armLimit);
        expect(Object.keys(state.contexts).length).toBeLessThanOrEqual(OPTIONS.contextLimit);
        for (const { arms } of Object.values(state.contexts)) {
          for (const arm of Object.keys(arms)) expect(Object.keys(state.arms)).toContain(arm);
        }
        for (const row of describeLearned(state, OPTIONS))
          expect(row.evidence).toBeLessThanOrEqual(OPTIONS.evidenceLimit + 1e-9);
      }),
      RUNS,
    );
  });

  it("is gone after a reset: of an arm, of a context, of all", () => {
    fc.assert(
      fc.property(anyOutcomes, anyArm, anyContext, anyPriors, (outcomes, arm, context, priors) => {
        const never = () => 1;
        const rowsOf = (state: LearnedState) => describeLearned(state, OPTIONS);
        const withoutArm = learnedFrom(outcomes);
        resetLearned(withoutArm, { arm }, OPTIONS);
        expect(rowsOf(withoutArm).filter((row) => row.arm === arm)).toEqual([]);
        const withoutContext = learnedFrom(outcomes);
        resetLearned(withoutContext, { context }, OPTIONS);
        const isOfContext = (row: { context: LearningContext | undefined }) =>
          row.context?.category === context.category && row.context.complexity === context.complexity;
        expect(rowsOf(withoutContext).filter(isOfContext)).toEqual([]);
        const fresh = learnedFrom(outcomes);
        resetLearned(fresh, {}, OPTIONS);
        expect(scoreArms(fresh, context, priors, OPTIONS, never)).toEqual(
          scoreArms(createLearned(), context, priors, OPTIONS, never),
        );
      }),
      RUNS,
    );
  });

  it("takes feedback of any score without leaving its bounds", () => {
    fc.assert(
      fc.property(anyOutcomes, anyContext, anyArm, anyFigure, (outcomes, context, arm, score) => {
        const state = learnedFrom(outcomes);
        applyFeedback(state, { context, arm, score, at: state.at }, OPTIONS);
        for (const { quality } of describeLearned(state, OPTIONS)) {
          expect(
            quality === undefined ||
              (quality.low >= 0 && quality.mean >= quality.low && quality.mean <= quality.high && quality.high <= 1),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
