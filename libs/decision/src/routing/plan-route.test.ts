import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { decideRoute } from "./decide-route.ts";
import { planRoute } from "./plan-route.ts";
import { makeQuestion, makeTarget, seededDraws } from "./testing/make-question.ts";

const LIMITS = { totalMs: 9_000, connectMs: 1, firstTokenMs: 2, gapMs: 3, attemptMs: 4, maxAttempts: 5, retriesPerTarget: 1, hedgeAfterMs: 0 };
const targets = [makeTarget("a/one#east", { dollars: 2 }), makeTarget("b/two", { dollars: 1 })];

function plan(policy: Parameters<typeof create<typeof RoutingPolicySchema>>[1] = {}, model = "auto") {
  const outcome = decideRoute(makeQuestion({ model, policy: { strategy: "cost" } }), targets, seededDraws(1));
  if (outcome.kind === "rejected") throw new Error(outcome.message);
  return planRoute(outcome.ranked, create(RoutingPolicySchema, policy), LIMITS, { model, expectedTokens: 700 });
}

describe("planning a route", () => {
  it("holds every target with what is needed to call and to pay it", () => {
    const { attempts, limits, checks, finalCodes } = plan();
    expect(attempts).toMatchObject([
      { provider: "b", model: "two", deployment: "", tier: "primary", askedModel: "", price: { input: 1_000_000_000n } },
      { provider: "a", model: "one", deployment: "east", tier: "secondary" },
    ]);
    expect(attempts[0]?.worstCaseCostNanoUsd).toBeGreaterThan(0n);
    expect(limits).toMatchObject(LIMITS);
    expect(checks).toBeUndefined();
    expect(finalCodes).toEqual([]);
    expect(plan().expectedTokens).toBe(700);
  });

  it.each([
    ["networkError", [ErrorCode.PROVIDER_UNREACHABLE, ErrorCode.UNAVAILABLE]],
    ["timeout", [ErrorCode.TIMEOUT]],
    ["unavailable", [ErrorCode.PROVIDER_ERROR, ErrorCode.MALFORMED_ANSWER]],
    ["authentication", [ErrorCode.PROVIDER_AUTHENTICATION, ErrorCode.PROVIDER_QUOTA_EXHAUSTED]],
    ["rateLimit", [ErrorCode.RATE_LIMITED]],
    ["overload", [ErrorCode.OVERLOADED]],
    ["costLimit", [ErrorCode.COST_LIMIT_EXCEEDED]],
    ["rejected", [ErrorCode.CONTEXT_LENGTH_EXCEEDED, ErrorCode.CONTENT_REFUSED]],
  ])("ends with the failures of a trigger that is switched off: %s", (trigger, codes) => {
    expect(plan({ triggers: { [trigger]: false } }).finalCodes).toEqual(codes);
    expect(plan({ triggers: { [trigger]: true } }).finalCodes).toEqual([]);
  });

  it("has answers checked only where a trigger asks for it", () => {
    expect(plan({ triggers: { timeout: true } }).checks).toBeUndefined();
    expect(plan({ triggers: { refusal: true, invalidOutput: true, minScore: 0.4, minGrounding: 0.6, holdStream: true } }).checks).toMatchObject({
      refusal: true,
      structuredOutput: true,
      minScore: 0.4,
      minGrounding: 0.6,
      holdStream: true,
    });
  });

  it("takes hedging and the cost limit of the policy over those of the configuration", () => {
    expect(plan({ hedgeAfterMs: 250, maxCostNanoUsd: 7n }).limits).toMatchObject({ hedgeAfterMs: 250, maxCostNanoUsd: 7n });
  });

  it("carries the dated name that was asked for to the model that it is of", () => {
    expect(plan({}, "one-2026-01-31").attempts[0]).toMatchObject({ model: "one", askedModel: "one-2026-01-31" });
    expect(plan({}, "a/one-2026-01-31").attempts[0]).toMatchObject({ model: "one", askedModel: "one-2026-01-31" });
    expect(plan({}, "one-2026-01-31").attempts[1]).toMatchObject({ model: "two", askedModel: "" });
  });
});
