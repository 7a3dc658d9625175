import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import fc from "fast-check";
import { worstCaseCost } from "../cost/worst-case-cost.ts";
import { decideRoute } from "./decide-route.ts";
import { sortByScore } from "./sort-by-score.ts";
import { STRATEGY_NAMES } from "./strategies/all-strategies.ts";
import type { Target } from "./target.ts";
import { makeQuestion, makeTarget, seededDraws } from "./testing/make-question.ts";

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const figure = fc.double({ min: 0, max: 1e6, noNaN: true });

const anyTarget: fc.Arbitrary<Target> = fc
  .record({
    provider: fc.constantFrom("a", "b", "c", "d"),
    model: fc.constantFrom("one", "two", "three"),
    dollars: fc.oneof(fc.constant(null), fc.constant(0), fc.double({ min: 0, max: 1_000_000, noNaN: true })),
    local: fc.boolean(),
    verdict: fc.constantFrom(Verdict.UNSPECIFIED, Verdict.HEALTHY, Verdict.DEGRADED, Verdict.UNHEALTHY),
    description: fc.record({
      kind: fc.constantFrom(ModelKind.CHAT, ModelKind.CHAT, ModelKind.EMBEDDING),
      contextWindowTokens: fc.constantFrom(500, 2_000, 1_000_000),
      maxOutputTokens: fc.constantFrom(0, 100, 0xffff_ffff),
      strengths: fc.oneof(fc.constant({}), fc.record({ overall: unit, coding: unit })),
      typicalFirstTokenMs: fc.nat(10_000),
      typicalTokensPerSecond: fc.nat(1_000),
    }),
    state: fc.option(
      fc.record({
        weight: unit,
        latencyMs: figure,
        firstTokenMs: figure,
        tokensPerSecond: figure,
        successRate: unit,
        evidence: figure,
        circuit: fc.constantFrom(CircuitState.CLOSED, CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN),
        rateLimitedUntilUnixMs: fc.constantFrom(0n, 0n, 500n, 5_000n),
      }),
      { nil: undefined },
    ),
  })
  .map(({ provider, model, description, state, ...rest }) =>
    makeTarget(`${provider}/${model}`, { ...rest, model: description, ...(state === undefined ? {} : { state }) }),
  );

const anyTargets = fc.uniqueArray(anyTarget, { maxLength: 12, selector: ({ provider, model }) => `${provider}/${model.model}` });

const anyQuestion = fc
  .record({
    model: fc.constantFrom("auto", "one", "b/two", "three"),
    streaming: fc.boolean(),
    maxOutputTokens: fc.constantFrom(undefined, 1, 1_000_000),
    category: fc.constantFrom("code", "conversation", "embedding"),
    policy: fc.record({
      strategy: fc.constantFrom(...STRATEGY_NAMES),
      provider: fc.constantFrom("", "", "a"),
      excludedProviders: fc.subarray(["b", "c"]),
      fallbackModels: fc.subarray(["two", "a/three", "nowhere"]),
      disableFallback: fc.boolean(),
      weights: fc.record({ cost: unit, latency: unit, quality: unit, reliability: unit }),
    }),
    maxCostNanoUsd: fc.option(fc.bigInt({ min: 0n, max: 10_000_000_000n }), { nil: undefined }),
    minQuality: fc.option(unit, { nil: undefined }),
  })
  .map(({ category, policy, maxCostNanoUsd, minQuality, ...rest }) =>
    makeQuestion({
      ...rest,
      analysis: { category },
      policy: { ...policy, ...(maxCostNanoUsd === undefined ? {} : { maxCostNanoUsd }), ...(minQuality === undefined ? {} : { minQuality }) },
    }),
  );

const RUNS = { numRuns: 1_000 };

describe("any decision", () => {
  it("is the same for the same question, targets and draws, whatever the order of the targets", () => {
    fc.assert(
      fc.property(anyQuestion, anyTargets, fc.nat(), (question, targets, seed) => {
        const decision = decideRoute(question, targets, seededDraws(seed));
        expect(decideRoute(question, targets, seededDraws(seed))).toEqual(decision);
        const turned = decideRoute(question, targets.toReversed(), seededDraws(seed));
        expect(turned.decision.candidates).toEqual(decision.decision.candidates);
      }),
      RUNS,
    );
  });

  it("keeps its figures within their bounds and its sentences full", () => {
    fc.assert(
      fc.property(anyQuestion, anyTargets, (question, targets) => {
        const outcome = decideRoute(question, targets, seededDraws(1));
        if (outcome.kind === "rejected") return;
        const { confidence, candidates, reasons } = outcome.decision;
        const shares = [confidence, ...candidates.flatMap(({ score, criteria, predictedQuality }) => [score, predictedQuality, ...Object.values(criteria)])];
        for (const share of shares) expect(share >= 0 && share <= 1).toBe(true);
        for (const { predictedLatencyMs } of candidates) expect(Number.isFinite(predictedLatencyMs)).toBe(true);
        const [first] = candidates;
        expect(reasons[0]).toContain(`${first?.provider}/${first?.model}`);
        if (candidates.some(({ model }) => model !== first?.model)) expect(reasons.join(" ")).toMatch(/ is next, with a score of /);
      }),
      RUNS,
    );
  });

  it("leaves every target where it belongs: among the candidates, among the removals or out of the question", () => {
    fc.assert(
      fc.property(anyQuestion, anyTargets, (question, targets) => {
        const outcome = decideRoute(question, targets, seededDraws(1));
        const names = [...outcome.decision.candidates, ...outcome.decision.removals].map(({ provider, model }) => `${provider}/${model}`);
        expect(new Set(names).size).toBe(names.length);
        const open = question.policy.fallbackModels.length === 0 && !question.policy.disableFallback && question.policy.strategy !== "manual";
        const kind = targets.filter(({ model }) => model.kind === question.kind);
        const known = !(outcome.kind === "rejected" && outcome.field === "chat.model");
        if (open && known) expect(names.length).toBe(kind.length);
      }),
      RUNS,
    );
  });

  it("offers only what can, may and is known to take the request, at a cost within its limit", () => {
    fc.assert(
      fc.property(anyQuestion, anyTargets, (question, targets) => {
        const outcome = decideRoute(question, targets, seededDraws(1));
        if (outcome.kind === "rejected") return;
        for (const { target, prediction } of outcome.ranked) {
          expect(target.state?.circuit === CircuitState.OPEN).toBe(false);
          expect(question.policy.excludedProviders).not.toContain(target.provider);
          expect(target.price).toBeDefined();
          expect(target.model.kind).toBe(question.kind);
          const { maxOutputTokens, contextWindowTokens } = target.model;
          const most = Math.min(question.maxOutputTokens ?? Infinity, maxOutputTokens === 0 ? contextWindowTokens : maxOutputTokens);
          if (target.price !== undefined) expect(prediction.worstCaseNanoUsd).toBe(worstCaseCost(target.price, question.analysis.maxInputTokens, most));
          expect(prediction.costNanoUsd <= prediction.worstCaseNanoUsd || most < question.analysis.outputTokens).toBe(true);
          if (question.policy.maxCostNanoUsd !== undefined) expect(prediction.worstCaseNanoUsd).toBeLessThanOrEqual(question.policy.maxCostNanoUsd);
        }
      }),
      RUNS,
    );
  });

  it("orders the tiers, and within a tier by score where nothing else is said", () => {
    const order = ["primary", "secondary", "emergency", "local"];
    fc.assert(
      fc.property(anyQuestion, anyTargets, (question, targets) => {
        const outcome = decideRoute(question, targets, seededDraws(1));
        if (outcome.kind === "rejected") return;
        for (const [index, one] of outcome.ranked.entries()) {
          const before = outcome.ranked[index - 1];
          if (before === undefined) continue;
          expect(order.indexOf(before.tier)).toBeLessThanOrEqual(order.indexOf(one.tier));
          // A balancer orders equals, and the best of them stands for all; strategies that spread draw.
          const isDrawn = question.policy.strategy === "load_balanced" || question.policy.fallbackModels.length > 0;
          if (before.tier === one.tier && before.equals !== one.equals && !isDrawn) expect(before.score).toBeGreaterThanOrEqual(one.score - 0.1 - 1e-9);
        }
      }),
      RUNS,
    );
  });
});

describe("sorting by score", () => {
  it("does what comparing does, whether scores are spread or crowd", () => {
    const crowded = fc.constantFrom(0, 0.25, 0.5, 0.5000001, 1);
    const anyScore = fc.oneof(unit, crowded);
    const item = fc.record({ score: anyScore, rank: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 200 }), (items) => {
        const expected = [...items].sort((a, b) => b.score - a.score || a.rank - b.rank);
        expect(sortByScore(items)).toEqual(expected);
      }),
      RUNS,
    );
  });
});
