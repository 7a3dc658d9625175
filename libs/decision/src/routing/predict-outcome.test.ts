import { create } from "@bufbuild/protobuf";
import { ModelDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import fc from "fast-check";
import { priceUsage } from "../cost/price-usage.ts";
import { worstCaseCost } from "../cost/worst-case-cost.ts";
import { decideRoute } from "./decide-route.ts";
import { predictCost, predictOffer, predictWorstCase } from "./predict-outcome.ts";
import { makeQuestion, makeTarget, seededDraws } from "./testing/make-question.ts";

const DOLLAR = 1_000_000_000n;
const MODEL = create(ModelDescriptionSchema, { model: "m", strengths: { overall: 0.5 } });
const STEPPED = create(ModelPriceSchema, {
  input: DOLLAR,
  output: 5n * DOLLAR,
  longPrompt: [{ aboveTokens: 2_000, input: 3n * DOLLAR, output: 10n * DOLLAR, cacheWrite: 4n * DOLLAR }],
});

describe("what a request is predicted to cost", () => {
  it.each([
    [2_000, 2_000, 4_500_000n, 7_000_000n],
    [2_000, 2_001, 4_500_000n, 18_004_000n],
    [2_001, 2_001, 11_003_000n, 18_004_000n],
  ])("with %s tokens of prompt, %s at most, is at the rates of either", (inputTokens, maxInputTokens, cost, worst) => {
    const analysis = create(AnalysisSchema, { inputTokens, maxInputTokens, outputTokens: 500 });
    expect(predictCost(STEPPED, analysis)).toBe(cost);
    expect(predictOffer(MODEL, STEPPED, analysis, 1_000).cost).toBe(Number(cost));
    expect(predictWorstCase(STEPPED, analysis, 1_000)).toBe(worst);
  });

  it("is what such a request would be billed, and at worst what the worst case of a budget is", () => {
    const rate = fc.bigInt({ min: 0n, max: 10n ** 15n });
    const rates = fc.record({ input: rate, output: rate, cacheWrite: rate });
    const tokens = fc.oneof(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 100_000_000 }));
    fc.assert(
      fc.property(rates, rates, tokens, tokens, tokens, (base, long, inputTokens, outputTokens, slack) => {
        const price = create(ModelPriceSchema, { ...base, longPrompt: [{ ...long, aboveTokens: 2_000 }] });
        const analysis = create(AnalysisSchema, { inputTokens, outputTokens, maxInputTokens: inputTokens + slack });
        expect(predictCost(price, analysis)).toBe(priceUsage(price, create(TokenUsageSchema, { inputTokens, outputTokens })));
        expect(predictWorstCase(price, analysis, outputTokens)).toBe(worstCaseCost(price, inputTokens + slack, outputTokens));
      }),
      { seed: 9, numRuns: 1_000 },
    );
  });

  it.each([
    ["minimize_cost", 2_000, "stepped"],
    ["minimize_cost", 2_001, "flat"],
    ["dynamic_arbitrage", 2_000, "stepped"],
    ["dynamic_arbitrage", 2_001, "flat"],
  ])("makes %s choose for a prompt of %s tokens what is cheaper for one so long: %s", (strategy, inputTokens, expected) => {
    const measured = { input: DOLLAR, output: 5n * DOLLAR, evidence: 1_000 };
    const stepped = { ...makeTarget("stepped/m", { effectivePrice: measured }), price: STEPPED };
    const price = create(ModelPriceSchema, { input: 2n * DOLLAR, output: 5n * DOLLAR });
    const flat = { ...makeTarget("flat/m", { effectivePrice: { ...measured, input: price.input } }), price };
    const decided = decideRoute(makeQuestion({ analysis: { inputTokens }, policy: { strategy } }), [stepped, flat], seededDraws(1));
    expect(decided.kind === "routed" && decided.ranked[0]?.target.provider).toBe(expected);
  });
});
