import { create } from "@bufbuild/protobuf";
import { ModelCapabilitiesSchema, ModelDescriptionSchema, ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { BALANCER_NAMES } from "@fairlead/decision/balancing/algorithms/all-balancers";
import type { Balancer, BalancerState } from "@fairlead/decision/balancing/algorithms/balancer";
import { createLearned } from "@fairlead/decision/learning/learned-state";
import { advanceLearned } from "@fairlead/decision/learning/advance-learned";
import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import { decideRoute, type RouteQuestion } from "@fairlead/decision/routing/decide-route";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import type { Target } from "@fairlead/decision/routing/target";

// A program of its own, so that nothing else is compiled or collected in its process. Prints one JSON object.

const MODELS = 50;
const PROVIDERS = 10;
const TARGETS = 500;
const WARM_UP = 4_000;
const TIMED = 4_000;
/** Candidates that a router asks for. */
const TOLD = 8;

/** Draws that are the same in every run (xorshift of G. Marsaglia, 2003). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const random = draws(42);

function makeTarget(number: number): Target {
  const offer = number % MODELS;
  const provider = `provider-${offer % PROVIDERS}`;
  const model = `model-${offer}`;
  const deployment = `region-${Math.floor(number / MODELS)}`;
  const dollars = 10 ** (random() * 2.5 - 1);
  const rate = BigInt(Math.round(dollars * 1e9));
  return {
    provider,
    model: models[offer] as Target["model"],
    deployment,
    region: deployment,
    weight: 1,
    limits: undefined,
    local: false,
    dialects: ["openai.chat"],
    price: (prices[offer] ??= create(ModelPriceSchema, { provider, model, input: rate, output: rate * 4n })),
    effectivePrice: undefined,
    state: create(TargetStateSchema, {
      provider,
      model,
      deployment,
      weight: 1 / (TARGETS / MODELS),
      latencyMs: 300 + random() * 3_000,
      firstTokenMs: 100 + random() * 900,
      tokensPerSecond: 20 + random() * 150,
      successRate: 0.9 + random() * 0.1,
      evidence: random() * 100,
      active: Math.floor(random() * 20),
      requestHeadroom: 1,
      tokenHeadroom: 1,
    }),
    verdict: Verdict.HEALTHY,
    verdictReason: "",
  };
}

const prices: Target["price"][] = [];
const models = Array.from({ length: MODELS }, (_, number) =>
  create(ModelDescriptionSchema, {
    model: `model-${number}`,
    kind: ModelKind.CHAT,
    tier: "balanced",
    capabilities: create(ModelCapabilitiesSchema, { tools: true, streaming: true, vision: true, structuredOutput: true }),
    contextWindowTokens: 128_000,
    maxOutputTokens: 8_000,
    strengths: { overall: random(), coding: random(), reasoning: random() },
    typicalFirstTokenMs: 500,
    typicalTokensPerSecond: 80,
  }),
);
const targets = Array.from({ length: TARGETS }, (_, number) => makeTarget(number));

const text = "Write a function that merges two sorted lists of events by their time, and explain why it is stable. ".repeat(20);
const chat = create(ChatRequestSchema, { model: "auto", messages: [{ role: Role.USER, parts: [{ content: { case: "text", value: { text } } }] }] });

const learned = createLearned();
for (let call = 0; call < 2_000; call++) {
  const arm = `provider-${call % PROVIDERS}/model-${call % MODELS}`;
  const context = { category: "code", complexity: "medium" };
  const outcome = { context, arm, succeeded: random() < 0.95, quality: random(), costNanoUsd: 1e6, latencyMs: 900, at: call };
  advanceLearned(learned, outcome, DEFAULT_LEARNING);
}

const states = new Map<string, BalancerState>();
function stateOf(balancer: Balancer, group: string): BalancerState {
  const key = `${balancer.name} ${group}`;
  const known = states.get(key) ?? balancer.createState();
  states.set(key, known);
  return known;
}

function questionFor(policy: Parameters<typeof create<typeof RoutingPolicySchema>>[1], told: number | undefined): RouteQuestion {
  const question: RouteQuestion = {
    ...analyzeRequest(chat),
    kind: ModelKind.CHAT,
    model: "auto",
    streaming: true,
    maxOutputTokens: 500,
    policy: create(RoutingPolicySchema, policy),
    now: 1_000,
    defaultStrategy: "weighted_composite",
    balancing: { stateOf, inFlight: () => 0 },
    session: "session",
    budget: { budgetUsed: 0.6, budgetExpected: 0.9 },
    learned,
  };
  return told === undefined ? question : { ...question, told };
}

function timed(work: () => unknown): { p50: number; p99: number } {
  for (let run = 0; run < WARM_UP; run++) work();
  const times = new Float64Array(TIMED);
  for (let run = 0; run < TIMED; run++) {
    const started = process.hrtime.bigint();
    work();
    times[run] = Number(process.hrtime.bigint() - started) / 1_000;
  }
  times.sort();
  return { p50: times[Math.floor(TIMED * 0.5)] as number, p99: times[Math.floor(TIMED * 0.99)] as number };
}

const results: Record<string, { p50: number; p99: number }> = { "analysis of 2 KB": timed(() => analyzeRequest(chat)) };
for (const strategy of STRATEGY_NAMES) {
  const question = questionFor({ strategy }, TOLD);
  results[`decide by ${strategy}`] = timed(() => decideRoute(question, targets, random));
}
for (const balancing of BALANCER_NAMES) {
  const question = questionFor({ balancing }, TOLD);
  results[`balance by ${balancing}`] = timed(() => decideRoute(question, targets, random));
}
const all = questionFor({}, undefined);
results["decide and tell all 500"] = timed(() => decideRoute(all, targets, random));
process.stdout.write(JSON.stringify(results));
