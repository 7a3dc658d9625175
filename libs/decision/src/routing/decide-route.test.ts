import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { DecisionSchema } from "@fairlead/contracts/routing/v1/decision";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { BALANCER_NAMES } from "../balancing/algorithms/all-balancers.ts";
import type { Balancer } from "../balancing/algorithms/balancer.ts";
import { predictQuality } from "../quality/predict-quality.ts";
import { decideRoute, type RouteOutcome } from "./decide-route.ts";
import type { Target } from "./target.ts";
import { makeQuestion, makeTarget, type QuestionFacts, seededDraws, type TargetFacts } from "./testing/make-question.ts";

function decide(facts: QuestionFacts, targets: readonly Target[], seed = 1): RouteOutcome {
  return decideRoute(makeQuestion(facts), targets, seededDraws(seed));
}

/** Targets of the plan with their tiers, in order; or the error's code and field. */
function told(outcome: RouteOutcome): unknown {
  if (outcome.kind === "rejected") return [ErrorCode[outcome.code], outcome.field];
  return outcome.decision.candidates.map(({ provider, model, tier }) => `${provider}/${model} ${tier}`);
}

function removals(outcome: RouteOutcome): string[] {
  return outcome.decision.removals.map(({ provider, model, stage, reason }) => `${provider}/${model} ${stage} ${reason}`);
}

const good = makeTarget("a/good", { dollars: 10, model: { strengths: { overall: 0.9 }, aliases: ["smart"] } });
const cheap = makeTarget("b/cheap", { dollars: 0.1, model: { strengths: { overall: 0.4 }, typicalTokensPerSecond: 50 } });
const quick = makeTarget("c/quick", { dollars: 2, model: { strengths: { overall: 0.6 }, typicalFirstTokenMs: 50, typicalTokensPerSecond: 1_000 } });
const sure = makeTarget("d/sure", { dollars: 3, model: { strengths: { overall: 0.5 } }, state: { successRate: 1, evidence: 100 } });
const ALL = [
  good,
  cheap,
  makeTarget("c/quick", { dollars: 2, model: quick.model, state: { successRate: 0.9, evidence: 10 } }),
  sure,
];

describe("naming a model", () => {
  it.each([
    ["good", ["a/good primary", "b/cheap secondary", "c/quick secondary", "d/sure secondary"]],
    ["a/good", ["a/good primary", "b/cheap secondary", "c/quick secondary", "d/sure secondary"]],
    ["smart", ["a/good primary", "b/cheap secondary", "c/quick secondary", "d/sure secondary"]],
    ["a/smart", ["a/good primary", "b/cheap secondary", "c/quick secondary", "d/sure secondary"]],
    ["auto", ["b/cheap primary", "c/quick secondary", "d/sure secondary", "a/good secondary"]],
  ])("asks what %s means first", (model, expected) => {
    const outcome = told(decide({ model, policy: { strategy: "cost" } }, ALL)) as string[];
    expect([outcome[0], ...outcome.slice(1).sort()]).toEqual([expected[0], ...expected.slice(1).sort()]);
  });

  it.each(["unknown", "b/good", "a/cheap", "GOOD", "a/", "/good"])("refuses %s and names the field", (model) => {
    expect(told(decide({ model }, ALL))).toEqual(["MODEL_NOT_FOUND", "chat.model"]);
    expect(told(decide({ model, kind: ModelKind.EMBEDDING }, ALL))).toEqual(["MODEL_NOT_FOUND", "input.model"]);
  });

  it("asks every provider of a named model before any other model", () => {
    const targets = [makeTarget("a/one", { dollars: 9 }), makeTarget("b/one", { dollars: 5 }), makeTarget("c/two")];
    expect(told(decide({ model: "one", policy: { strategy: "cost" } }, targets))).toEqual(["b/one primary", "a/one primary", "c/two secondary"]);
  });

  it("takes a name with a provider as that provider's target only", () => {
    const targets = [makeTarget("a/one"), makeTarget("b/one", { dollars: 5 })];
    expect(told(decide({ model: "b/one" }, targets))).toEqual(["b/one primary", "a/one secondary"]);
  });

  it("never answers a question of one kind with a model of another", () => {
    const targets = [makeTarget("a/vectors", { model: { kind: ModelKind.EMBEDDING } }), makeTarget("a/words")];
    expect(told(decide({}, targets))).toEqual(["a/words primary"]);
    expect(told(decide({ model: "vectors" }, targets))).toEqual(["MODEL_NOT_FOUND", "chat.model"]);
    expect(told(decide({ model: "vectors", kind: ModelKind.EMBEDDING }, targets))).toEqual(["a/vectors primary"]);
  });

  it("never embeds by another model than the one asked for", () => {
    const vectors: TargetFacts = { model: { kind: ModelKind.EMBEDDING } };
    const targets = [makeTarget("a/one", vectors), makeTarget("b/two", vectors)];
    expect(told(decide({ model: "one", kind: ModelKind.EMBEDDING }, targets))).toEqual(["a/one primary"]);
  });
});

describe("choosing by a strategy", () => {
  it.each([
    ["cost", "b/cheap"],
    ["speed", "c/quick"],
    ["quality", "a/good"],
    ["reliability", "a/good"],
  ])("%s chooses %s", (strategy, first) => {
    const outcome = decide({ policy: { strategy } }, ALL);
    expect((told(outcome) as string[])[0]).toBe(`${first} primary`);
    expect(outcome.decision.strategy).toBe(strategy);
  });

  it.each([
    [{ cost: 1 }, "b/cheap"],
    [{ latency: 1 }, "c/quick"],
    [{ quality: 3 }, "a/good"],
    [{ cost: 1, latency: 1, quality: 1, reliability: 1 }, "c/quick"],
  ])("weighs criteria by %j: %s", (weights, first) => {
    expect((told(decide({ policy: { weights } }, ALL)) as string[])[0]).toBe(`${first} primary`);
  });

  it("weighs as by default where all weights are nought", () => {
    const nought = { cost: 0, latency: 0, quality: 0, reliability: 0 };
    expect(decide({ policy: { weights: nought } }, ALL)).toEqual(decide({}, ALL));
  });

  it("uses the default where the policy names none", () => {
    const outcome = decide({ defaultStrategy: "cost" }, ALL);
    expect([outcome.decision.strategy, (told(outcome) as string[])[0]]).toEqual(["cost", "b/cheap primary"]);
  });

  it("refuses an unknown one and names the field", () => {
    const outcome = decide({ policy: { strategy: "magic" } }, ALL);
    expect(told(outcome)).toEqual(["INVALID_REQUEST", "policy.strategy"]);
    expect((outcome as { message: string }).message).toContain("weighted_composite");
  });

  it("tells dear from cheap also beside a free target", () => {
    const targets = [makeTarget("a/dear", { dollars: 9, model: { strengths: { overall: 1 } } }), makeTarget("b/cheap"), makeTarget("c/free", { dollars: 0 })];
    const outcome = decide({ policy: { strategy: "cost" } }, targets);
    expect(told(outcome)).toEqual(["c/free primary", "b/cheap secondary", "a/dear secondary"]);
    expect(outcome.decision.candidates.map(({ criteria }) => criteria["cost"])).toEqual([1, expect.closeTo(1 - Math.log10(2) / 3, 2), expect.closeTo(1 - Math.log10(18) / 3, 2)]);
  });

  it("asks nothing but what is named where it is pinned", () => {
    expect(told(decide({ model: "good", policy: { strategy: "manual" } }, ALL))).toEqual(["a/good primary"]);
    expect(told(decide({ model: "good", policy: { strategy: "manual", fallbackModels: ["quick"] } }, ALL))).toEqual(["a/good primary", "c/quick secondary"]);
    expect(told(decide({ policy: { strategy: "manual", provider: "b" } }, ALL))).toEqual(["b/cheap primary"]);
  });
});

describe("taking targets out", () => {
  const open = { circuit: CircuitState.OPEN };
  it.each<[string, TargetFacts, QuestionFacts]>([
    ["availability circuit_open", { state: open }, {}],
    ["availability rate_limited", { state: { rateLimitedUntilUnixMs: 1_001n } }, {}],
    ["capability no_tools", { model: { capabilities: {} } }, { needs: { tools: true } }],
    ["capability no_vision", { model: { capabilities: {} } }, { needs: { vision: true } }],
    ["capability no_audio", { model: { capabilities: {} } }, { needs: { audio: true } }],
    ["capability no_files", { model: { capabilities: {} } }, { needs: { files: true } }],
    ["capability no_structured_output", { model: { capabilities: {} } }, { needs: { structuredOutput: true } }],
    ["capability no_streaming", { model: { capabilities: {} } }, { streaming: true }],
    ["capability context_too_small", { model: { contextWindowTokens: 999 } }, {}],
    ["capability context_too_small", { model: { contextWindowTokens: 1_499 } }, { maxOutputTokens: 500 }],
    ["capability context_too_small", { model: { contextWindowTokens: 1_499, maxOutputTokens: 0 } }, { maxOutputTokens: 500 }],
    ["capability price_unknown", { dollars: null }, {}],
    ["policy other_provider", {}, { policy: { provider: "z" } }],
    ["policy excluded_provider", {}, { policy: { excludedProviders: ["a"] } }],
    ["policy cost_limit", { dollars: 1_000 }, { policy: { maxCostNanoUsd: 100_000_000n } }],
  ])("for %s", (finding, target, question) => {
    const other = makeTarget("z/other");
    const outcome = decide({ ...question, model: "auto" }, [makeTarget("a/one", target), other]);
    expect(removals(outcome)).toEqual([`a/one ${finding}`]);
    expect(told(outcome)).toEqual(["z/other primary"]);
  });

  it.each<[string, TargetFacts, QuestionFacts]>([
    ["a wish to wait that is over", { state: { rateLimitedUntilUnixMs: 1_000n } }, {}],
    ["a half-open circuit", { state: { circuit: CircuitState.HALF_OPEN } }, {}],
    ["a window that just fits", { model: { contextWindowTokens: 1_500 } }, { maxOutputTokens: 500 }],
    ["an answer bound by the model", { model: { contextWindowTokens: 1_500, maxOutputTokens: 500 } }, { maxOutputTokens: 90_000 }],
    ["a worst case at the limit", {}, { maxOutputTokens: 1_000, policy: { maxCostNanoUsd: 5_000_000n } }],
    ["a free model under a limit of nought", { dollars: 0 }, { policy: { maxCostNanoUsd: 0n } }],
  ])("but not for %s", (_, target, question) => {
    expect(told(decide(question, [makeTarget("a/one", target)]))).toEqual(["a/one primary"]);
  });

  it("never chooses a model whose price is not known, even where it is asked for", () => {
    const unknown = makeTarget("a/one", { dollars: null });
    expect(told(decide({ model: "one" }, [unknown]))).toEqual(["NO_TARGET", undefined]);
    expect(told(decide({ model: "one" }, [unknown, good]))).toEqual(["a/good secondary"]);
  });

  it.each<[string, Target[], QuestionFacts, unknown[]]>([
    ["CIRCUIT_OPEN where all circuits are open", [makeTarget("a/one", { state: open }), makeTarget("b/two", { state: open })], {}, ["CIRCUIT_OPEN", undefined]],
    ["RATE_LIMITED where all are to wait", [makeTarget("a/one", { state: { rateLimitedUntilUnixMs: 9_999n } })], {}, ["RATE_LIMITED", undefined]],
    ["COST_LIMIT_EXCEEDED where all are too dear", [good], { policy: { maxCostNanoUsd: 1n } }, ["COST_LIMIT_EXCEEDED", "policy.max_cost_nano_usd"]],
    ["CONTEXT_LENGTH_EXCEEDED where it fits none", [good], { analysis: { inputTokens: 1_000_000 } }, ["CONTEXT_LENGTH_EXCEEDED", "chat.messages"]],
    ["NO_TARGET where none can do it", [makeTarget("a/one", { model: { capabilities: {} } })], { needs: { vision: true } }, ["NO_TARGET", undefined]],
    ["NO_TARGET where there is nothing", [], {}, ["NO_TARGET", undefined]],
    [
      "what became of the wanted provider, not of others",
      [makeTarget("a/one", { model: { contextWindowTokens: 10 } }), makeTarget("b/two", { state: open })],
      { policy: { provider: "a" } },
      ["CONTEXT_LENGTH_EXCEEDED", "chat.messages"],
    ],
    [
      "what became of the named models, not of others",
      [makeTarget("a/one", { model: { contextWindowTokens: 10 } }), makeTarget("b/two", { state: open }), makeTarget("c/three", { dollars: null })],
      { model: "one", policy: { fallbackModels: ["three"] } },
      ["CONTEXT_LENGTH_EXCEEDED", "chat.messages"],
    ],
  ])("ends with %s", (_, targets, question, expected) => {
    expect(told(decide(question, targets))).toEqual(expected);
  });
});

describe("the tiers of a plan", () => {
  it("come in their order: asked for, the rest, what meets the wishes in part, local", () => {
    const targets = [
      makeTarget("l/near", { local: true, dollars: 0 }),
      makeTarget("u/sick", { verdict: Verdict.UNHEALTHY, verdictReason: "error rate" }),
      makeTarget("s/other"),
      makeTarget("p/one", { dollars: 50 }),
    ];
    expect(told(decide({ model: "one" }, targets))).toEqual(["p/one primary", "s/other secondary", "u/sick emergency", "l/near local"]);
  });

  it("take a local model that is asked for, or that comes first by itself, as primary", () => {
    const targets = [makeTarget("l/near", { local: true, dollars: 0 }), makeTarget("s/other")];
    expect(told(decide({ model: "near" }, targets))).toEqual(["l/near primary", "s/other secondary"]);
    expect(told(decide({ policy: { strategy: "cost" } }, targets))).toEqual(["l/near primary", "s/other secondary"]);
  });

  it.each<[string, QuestionFacts]>([
    ["worse than asked for", { policy: { minQuality: 0.55 } }],
    ["slower than asked for", { policy: { maxLatencyMs: 6_000 } }],
  ])("keep what is %s for an emergency", (_, question) => {
    const slow = makeTarget("a/slow", { dollars: 0.1, model: { typicalTokensPerSecond: 10, strengths: { overall: 0.5 } } });
    const fine = makeTarget("b/fine", { dollars: 5, model: { strengths: { overall: 0.6 } } });
    expect(told(decide(question, [slow, fine]))).toEqual(["b/fine primary", "a/slow emergency"]);
    expect(told(decide(question, [slow]))).toEqual(["a/slow emergency"]);
    expect(decide(question, [slow]).decision.reasons.join(" ")).toContain("It is used in an emergency");
  });

  it("follow the order of the fallback models, and hold nothing else", () => {
    const targets = [makeTarget("a/one"), makeTarget("b/two", { dollars: 0.1 }), makeTarget("c/three"), makeTarget("d/two"), makeTarget("e/four"), makeTarget("l/near", { local: true })];
    const policy = { strategy: "cost", fallbackModels: ["three", "near", "two", "nowhere"] };
    expect(told(decide({ model: "one", policy }, targets))).toEqual(["a/one primary", "c/three secondary", "l/near secondary", "b/two secondary", "d/two secondary"]);
    expect(told(decide({ model: "one", policy: { fallbackModels: ["d/two"] } }, targets))).toEqual(["a/one primary", "d/two secondary"]);
  });

  it("hold one target where fallback is off", () => {
    const targets = [makeTarget("a/one", { dollars: 2 }), makeTarget("b/one"), makeTarget("c/two")];
    expect(told(decide({ model: "one", policy: { strategy: "cost", disableFallback: true } }, targets))).toEqual(["b/one primary"]);
    expect(told(decide({ policy: { strategy: "cost", disableFallback: true } }, [makeTarget("a/one", { dollars: 2 }), cheap]))).toEqual(["b/cheap primary"]);
  });
});

describe("sharing load among equals", () => {
  const weights = { a: 0.5, b: 0.3, c: 0.2 };
  const equals = Object.entries(weights).map(([provider, weight]) => makeTarget(`${provider}/one`, { weight, state: { evidence: 10 } }));
  const better = makeTarget("z/better", { dollars: 0.01, model: { strengths: { overall: 1 } } });

  function shares(question: QuestionFacts, targets: readonly Target[], draws = 1_000): Record<string, number> {
    const random = seededDraws(42);
    const counts: Record<string, number> = {};
    const states = new Map<string, object>();
    const stateOf = (balancer: Balancer, group: string) => {
      const state = states.get(group) ?? balancer.createState();
      states.set(group, state);
      return state;
    };
    const balancing = { stateOf, inFlight: () => 0 };
    for (let draw = 0; draw < draws; draw++) {
      const outcome = decideRoute({ ...makeQuestion(question), balancing }, targets, random);
      const first = outcome.decision.candidates[0];
      const name = first === undefined ? "none" : `${first.provider}${first.deployment}`;
      counts[name] = (counts[name] ?? 0) + 1 / draws;
    }
    return counts;
  }

  const byWeight = (policy: QuestionFacts["policy"] = {}): QuestionFacts => ({ policy: { balancing: "weighted_round_robin", ...policy } });

  it.each<[string, QuestionFacts, readonly Target[]]>([
    ["of the best model", byWeight(), equals],
    ["of a model that is asked for, though another is better", { ...byWeight(), model: "one" }, [...equals, better]],
  ])("follows the weights %s", (_, question, targets) => {
    const counts = shares(question, targets);
    for (const [provider, weight] of Object.entries(weights)) expect(Math.abs((counts[provider] ?? 0) / weight - 1)).toBeLessThan(0.05);
    expect(Object.keys(counts).sort()).toEqual(["a", "b", "c"]);
  });

  it("follows weights however small they are", () => {
    const tiny = Object.entries(weights).map(([provider, weight]) => makeTarget(`${provider}/one`, { weight: weight / 1_000 }));
    const counts = shares(byWeight(), tiny);
    for (const [provider, weight] of Object.entries(weights)) expect(Math.abs((counts[provider] ?? 0) / weight - 1)).toBeLessThan(0.05);
  });

  it("gives a tenth of its share to a target that is probed, and nothing to one that is dearer", () => {
    const probed = makeTarget("d/one", { weight: 0.5, state: { circuit: CircuitState.HALF_OPEN } });
    const dearer = makeTarget("e/one", { dollars: 2 });
    const counts = shares(byWeight(), [...equals, probed, dearer]);
    expect(counts["d"]).toBeCloseTo(0.05 / 1.05, 2);
    expect(counts["e"]).toBeUndefined();
  });

  it("is not led by targets that may only be used in an emergency", () => {
    const sick = makeTarget("d/one", { dollars: 0.01, verdict: Verdict.UNHEALTHY });
    const counts = shares({ ...byWeight(), model: "one" }, [...equals, sick]);
    for (const [provider, weight] of Object.entries(weights)) expect(Math.abs((counts[provider] ?? 0) / weight - 1)).toBeLessThan(0.05);
  });

  it.each(BALANCER_NAMES)("goes over deployments and over providers of the same weights by %s", (balancing) => {
    const model = { canonicalModel: "llama" };
    const targets = [makeTarget("a/one#east", { model }), makeTarget("a/one#west", { model }), makeTarget("b/uno", { model })];
    const outcome = decide({ model: "one", policy: { balancing } }, targets);
    expect(told(outcome)).toHaveLength(3);
    expect((told(outcome) as string[]).every((line) => line.endsWith("primary"))).toBe(true);
    expect(outcome.decision.balancing).toBe(balancing);
    expect(outcome.decision.reasons.join(" ")).toContain(`among 3 equal targets by ${balancing}`);
  });

  it("keeps a session on one target where the algorithm is made for it", () => {
    const targets = ["a", "b", "c", "d"].map((deployment) => makeTarget(`p/one#${deployment}`));
    for (const session of ["s1", "s2", "s3"]) {
      expect(Object.keys(shares({ session, policy: { balancing: "consistent_hash" } }, targets, 50))).toHaveLength(1);
    }
  });

  it("refuses an unknown algorithm and names the field", () => {
    expect(told(decide({ policy: { balancing: "magic" } }, ALL))).toEqual(["INVALID_REQUEST", "policy.balancing"]);
  });
});

describe("explaining a decision", () => {
  it("names the first, the next and what was taken out", () => {
    const targets = [...ALL, makeTarget("e/shut", { state: { circuit: CircuitState.OPEN } }), makeTarget("f/shut", { state: { circuit: CircuitState.OPEN } })];
    expect(decide({ policy: { strategy: "quality" } }, targets).decision.reasons).toEqual([
      "a/good comes first because it is predicted to answer best.",
      expect.stringMatching(/^c\/quick is next, with a score of 0\.\d{3} to 0\.\d{3}\.$/),
      "2 targets were taken out (availability: circuit_open).",
    ]);
  });

  it("says that a model was asked for only of that model", () => {
    expect(decide({ model: "good" }, ALL).decision.reasons[0]).toBe("a/good comes first because its model was asked for.");
    const shut = makeTarget("a/good", { state: { circuit: CircuitState.OPEN } });
    const outcome = decide({ model: "good", policy: { strategy: "cost" } }, [shut, cheap]);
    expect(outcome.decision.reasons[0]).toBe("b/cheap comes first because it is predicted to cost least.");
  });

  it("is surer with more evidence and a larger margin", () => {
    const confidence = (targets: Target[]) => decide({ policy: { strategy: "cost" } }, targets).decision.confidence;
    const proven = (name: string, dollars: number, evidence: number) => makeTarget(name, { dollars, state: { evidence } });
    expect(confidence([proven("a/one", 1, 0)])).toBe(0.5);
    expect(confidence([proven("a/one", 1, 20)])).toBe(0.75);
    expect(confidence([proven("a/one", 1, 20), proven("b/two", 1.05, 20)])).toBeLessThan(0.6);
    expect(confidence([proven("a/one", 1, 20), proven("b/two", 90, 20)])).toBeGreaterThan(0.74);
  });

  it("shows every candidate with its figures", () => {
    const quality = predictQuality(0.5, 0.5);
    const [first] = decide({ maxOutputTokens: 1_000 }, [makeTarget("a/one", { dollars: 2 })]).decision.candidates;
    expect(first).toEqual({
      $typeName: "fairlead.routing.v1.Candidate",
      provider: "a",
      model: "one",
      tier: "primary",
      deployment: "",
      score: expect.closeTo(0.2 + 0.8 * quality, 12),
      criteria: { cost: 1, latency: 1, quality, reliability: 1, load: 1 },
      predictedCostNanoUsd: 3_000_000n,
      worstCaseCostNanoUsd: 10_000_000n,
      predictedLatencyMs: 5_500,
      predictedQuality: quality,
      predictedSuccess: 1,
      evidence: 0,
    });
  });

  it("is a message that goes over the wire as it is", () => {
    const { decision } = decide({ needs: { vision: true } }, [...ALL, makeTarget("e/blind", { model: { capabilities: {} } })]);
    expect(fromBinary(DecisionSchema, toBinary(DecisionSchema, decision))).toEqual(decision);
  });
});
