import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ModelKind, type ProviderDescription, ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { OutcomeObservedSchema } from "@fairlead/contracts/events/v1/event";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import fc from "fast-check";
import { mapLatency, quantile } from "./map-latency.ts";
import type { RecordedOutcome } from "./recorded-outcome.ts";
import { Replay, type ReplayReport } from "./replay-decisions.ts";

const NOON = Date.parse("2026-03-04T12:00:00Z");
const DOLLAR = 1_000_000_000n;

/** Two providers: one dear and good, one a tenth of the price and half the speed. */
const MESH = [
  provider("dear", [{ input: 10n * DOLLAR, output: 10n * DOLLAR }], 100),
  provider("cheap", [{ input: DOLLAR, output: DOLLAR }], 50),
];

describe("a replay", () => {
  it("changes nothing under the policy of the record", () => {
    const records = Array.from({ length: 40 }, (_, each) =>
      record(each, "dear", { durationMs: 100 + each, succeeded: each % 10 !== 0 }),
    );
    const report = replay(records, { strategy: "manual" });
    expect(report.changedShare).toBe(0);
    expect(report.policy).toEqual(report.recorded);
    expect(report.recorded).toMatchObject({
      requests: 40,
      costNanoUsd: 40n * 15_000_000n,
      errorRate: 0.1,
      firstFailureRate: 0.1,
    });
    expect(report.recorded.costPerSuccessNanoUsd).toBe(BigInt(Math.round((40 * 15_000_000) / 36)));
    expect(report.models).toMatchObject([{ provider: "dear", recorded: 40, policy: 40, evidence: 36 }]);
  });

  it("prices changed requests by the tokens that they took, and times them by the other's own answers", () => {
    const dear = Array.from({ length: 30 }, (_, each) => record(each, "dear", { durationMs: 1_000 + each }));
    const cheap = Array.from({ length: 30 }, (_, each) =>
      record(100 + each, "cheap", { durationMs: 3_000 + 10 * each }),
    );
    const report = replay([...dear, ...cheap], { strategy: "cost" }, true);
    expect(report).toMatchObject({ changedShare: 0.5, rejectedShare: 0, measuredShare: 1, leftOut: 0 });
    expect(report.recorded.costNanoUsd).toBe(30n * 15_000_000n + 30n * 1_500_000n);
    expect(report.policy.costNanoUsd).toBe(60n * 1_500_000n);
    expect(report.recorded.meanLatencyMs).toBeCloseTo((1_014.5 + 3_145) / 2, 6);
    // Each goes to the same place among the answers of the cheap one, so that the mean and the spread are its own.
    expect(report.policy.meanLatencyMs).toBeCloseTo(3_145, -1);
    expect(report.policy.p95LatencyMs).toBeGreaterThan(3_260);
    expect(report.policy.p95LatencyMs).toBeLessThanOrEqual(3_290);
    expect(report.models).toMatchObject([
      { provider: "cheap", recorded: 30, policy: 60 },
      { provider: "dear", recorded: 30, policy: 0 },
    ]);
  });

  it("says what rests on no answer of the record, and takes what adapters say there", () => {
    const report = replay([record(1, "dear", { durationMs: 1_000 })], { strategy: "cost" }, true);
    expect(report).toMatchObject({ changedShare: 1, measuredShare: 0 });
    // 100 ms to the first token and 500 tokens at 50 a second.
    expect(report.policy.meanLatencyMs).toBeCloseTo(10_100, 6);
    expect(report.models).toMatchObject([
      { provider: "cheap", recorded: 0, policy: 1, evidence: 0 },
      { provider: "dear", recorded: 1 },
    ]);
  });

  it("expects of a target the failures that the record has of it, and of a request those of all that would be tried", () => {
    const bad = Array.from({ length: 100 }, (_, each) => record(each, "cheap", { succeeded: each >= 50 }));
    const good = Array.from({ length: 100 }, (_, each) => record(200 + each, "dear", {}));
    const moved = replay([...bad, ...good], { strategy: "cost" }, true);
    expect(moved.recorded).toMatchObject({ errorRate: 0.25, firstFailureRate: 0.25 });
    const rate = (50 + 5 * 0.25) / 105;
    expect(moved.policy.firstFailureRate).toBeCloseTo((0.5 + rate) / 2, 9);
    const fallback = (5 * 0.25) / 105;
    expect(moved.policy.errorRate).toBeCloseTo((0.5 + rate * fallback) / 2, 9);
    const alone = replay([...bad, ...good], { strategy: "cost", disableFallback: true }, true);
    expect(alone.policy.errorRate).toBeCloseTo((0.5 + rate) / 2, 9);
  });

  it("counts a first target that failed before another answered, where the decision was heard", () => {
    const fell = record(1, "cheap", { fellBack: true, attempts: 2 });
    const known = { ...fell, first: { provider: "dear", model: "dear-model" } };
    expect(replay([known], { strategy: "manual" }, false)).toMatchObject({
      leftOut: 0,
      recorded: { firstFailureRate: 1, errorRate: 0 },
    });
    expect(replay([fell], { strategy: "manual" })).toMatchObject({ leftOut: 1, recorded: { requests: 0 } });
  });

  it("counts requests that the policy has nobody for as failed", () => {
    const report = replay(
      [record(1, "dear", {}), record(2, "dear", {})],
      { strategy: "cost", excludedProviders: ["dear", "cheap"] },
      true,
    );
    expect(report).toMatchObject({ rejectedShare: 1, changedShare: 1, policy: { errorRate: 1, costNanoUsd: 0n } });
    expect(report.policy.costPerSuccessNanoUsd).toBeUndefined();
  });

  it("leaves out what nobody offers any more and records without an analysis", () => {
    const gone = record(1, "dear", { requestedModel: "gone" });
    const bare = record(2, "dear", {});
    delete bare.outcome.analysis;
    expect(replay([gone, bare, record(3, "dear", {})], { strategy: "cost" })).toMatchObject({
      leftOut: 2,
      recorded: { requests: 1 },
    });
  });

  it("takes the price that held when a request was made", () => {
    const mesh = [
      ...MESH.slice(0, 1),
      provider(
        "cheap",
        [
          { input: DOLLAR, output: DOLLAR },
          { input: 2n * DOLLAR, output: 2n * DOLLAR, effectiveFrom: timestampFromMs(NOON) },
        ],
        50,
      ),
    ];
    const report = replay([record(-1, "dear", {}), record(0, "dear", {})], { strategy: "cost" }, true, mesh);
    expect(report.policy.costNanoUsd).toBe(1_500_000n + 3_000_000n);
  });

  it("splits both sides by kind of task", () => {
    const records = [
      record(1, "dear", { analysis: { category: "code" } }),
      record(2, "dear", {}),
      record(3, "cheap", {}),
    ];
    const report = replay(records, { strategy: "cost" }, true);
    expect(
      report.categories.map(({ category, changedShare, recorded }) => [category, recorded.requests, changedShare]),
    ).toEqual([
      ["conversation", 2, 0.5],
      ["code", 1, 1],
    ]);
  });

  it("is the same in steps of any size, and says nothing about nothing", () => {
    const records = Array.from({ length: 50 }, (_, each) =>
      record(each, each % 3 === 0 ? "cheap" : "dear", { durationMs: each * 7 }),
    );
    expect(replay(records, { strategy: "cost" }, true, MESH, 3)).toEqual(
      replay(records, { strategy: "cost" }, true, MESH, 1_000),
    );
    expect(replay([], { strategy: "cost" })).toMatchObject({
      recorded: { requests: 0, errorRate: 0 },
      changedShare: 0,
      models: [],
    });
  });
});

describe("the mapping of latencies", () => {
  it("keeps the place of an answer, so that a distribution mapped to itself stays", () => {
    const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 20, maxLength: 100 });
    fc.assert(
      fc.property(values, values, (own, other) => {
        const [mine, theirs] = [own.toSorted((a, b) => a - b), other.toSorted((a, b) => a - b)];
        const mapped = mine.map((value) => mapLatency(value, mine, theirs) ?? Number.NaN);
        for (let at = 1; at < mapped.length; at++) expect(mapped[at]).toBeGreaterThanOrEqual(mapped[at - 1] as number);
        expect(Math.min(...mapped)).toBeGreaterThanOrEqual(theirs[0] as number);
        expect(Math.max(...mapped)).toBeLessThanOrEqual(theirs.at(-1) as number);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("tells nothing from few answers", () => {
    expect(
      mapLatency(
        5,
        [1, 2, 3],
        Array.from({ length: 50 }, (_, each) => each),
      ),
    ).toBeUndefined();
    expect(quantile([], 0.5)).toBe(0);
    expect(quantile([1, 3], 0.5)).toBe(2);
  });
});

function replay(
  records: readonly RecordedOutcome[],
  policy: MessageInitShape<typeof RoutingPolicySchema>,
  anyModel = false,
  descriptions: readonly ProviderDescription[] = MESH,
  step = 7,
): ReplayReport {
  const one = new Replay({ records, descriptions, policy: create(RoutingPolicySchema, policy), anyModel });
  while (one.step(step));
  return one.report();
}

/** A request of 1,000 tokens in and 500 out that named the model of its provider. */
function record(
  offset: number,
  provider: string,
  changes: MessageInitShape<typeof OutcomeObservedSchema>,
): RecordedOutcome {
  const { analysis, ...rest } = changes;
  const succeeded = changes.succeeded ?? true;
  return {
    occurredMs: NOON + offset,
    first: undefined,
    outcome: create(OutcomeObservedSchema, {
      requestId: `r${offset}`,
      tenant: "acme",
      strategy: "manual",
      requestedModel: `${provider}-model`,
      analysis: create(AnalysisSchema, {
        category: "conversation",
        inputTokens: 1_000,
        maxInputTokens: 1_000,
        outputTokens: 500,
        ...(analysis as object),
      }),
      provider,
      model: `${provider}-model`,
      succeeded,
      errorCode: succeeded ? ErrorCode.UNSPECIFIED : ErrorCode.PROVIDER_ERROR,
      costNanoUsd: provider === "dear" ? 15_000_000n : 1_500_000n,
      durationMs: 1_000,
      usage: create(TokenUsageSchema, { inputTokens: 1_000, outputTokens: 500 }),
      attempts: 1,
      ...rest,
    }),
  };
}

function provider(
  name: string,
  prices: MessageInitShape<typeof ModelPriceSchema>[],
  speed: number,
): ProviderDescription {
  const model = `${name}-model`;
  return create(ProviderDescriptionSchema, {
    provider: name,
    models: [
      {
        model,
        kind: ModelKind.CHAT,
        tier: "balanced",
        capabilities: { streaming: true },
        contextWindowTokens: 100_000,
        maxOutputTokens: 4_000,
        strengths: { overall: 0.5 },
        typicalFirstTokenMs: 100,
        typicalTokensPerSecond: speed,
        prices: prices.map((price) => ({ provider: name, model, ...price })),
      },
    ],
  });
}
