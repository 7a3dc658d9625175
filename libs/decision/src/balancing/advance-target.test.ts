import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import fc from "fast-check";
import { advanceTarget, type AttemptFacts, readTarget, type TargetFigures, UNKNOWN_TARGET } from "./advance-target.ts";

const CONSTANTS = { latencyDecayMs: 10_000, figuresDecayMs: 30_000 };
const START = 1_700_000_000_000;

function attempt(facts: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    errorCode: ErrorCode.UNSPECIFIED,
    durationMs: 1_000,
    firstTokenMs: 0,
    outputTokens: 0,
    retryAfterMs: 0,
    streamed: false,
    ...facts,
  };
}

function after(...steps: readonly [number, Partial<AttemptFacts>][]): TargetFigures {
  return steps.reduce<TargetFigures>(
    (state, [at, facts]) => advanceTarget(state, attempt(facts), START + at, CONSTANTS),
    UNKNOWN_TARGET,
  );
}

const read = (state: TargetFigures, at: number) => readTarget(state, START + at, CONSTANTS);

describe("the figures of a target", () => {
  it("are neutral before anything is known", () => {
    expect(read(UNKNOWN_TARGET, 0)).toEqual({
      latencyMs: 0,
      firstTokenMs: 0,
      tokensPerSecond: 0,
      successRate: 1,
      evidence: 0,
      rateLimitedUntil: 0,
    });
  });

  it("show a single streamed success as it was", () => {
    const state = after([0, { durationMs: 2_500, firstTokenMs: 500, streamed: true, outputTokens: 100 }]);
    expect(read(state, 0)).toEqual({
      latencyMs: 2_500,
      firstTokenMs: 500,
      tokensPerSecond: 50,
      successRate: 1,
      evidence: 1,
      rateLimitedUntil: 0,
    });
  });

  it("measure tokens over the whole call where it was not streamed", () => {
    expect(read(after([0, { durationMs: 2_000, outputTokens: 100 }]), 0).tokensPerSecond).toBe(50);
  });

  it("do not take a stream that came in one piece for a rate", () => {
    const state = after([0, { durationMs: 503, firstTokenMs: 500, streamed: true, outputTokens: 900 }]);
    expect(read(state, 0).tokensPerSecond).toBe(0);
  });

  it("believe a slower call at once", () => {
    expect(read(after([0, { durationMs: 100 }], [1, { durationMs: 2_100 }]), 1).latencyMs).toBe(2_100);
  });

  it("come down from a peak with the time constant", () => {
    const state = after([0, { durationMs: 1_100 }], [10_000, { durationMs: 100 }]);
    expect(read(state, 10_000).latencyMs).toBeCloseTo(100 + 1_000 / Math.E, 6);
  });

  it("count successes and failures alike where they are as old", () => {
    const state = after([0, {}], [0, { errorCode: ErrorCode.PROVIDER_ERROR }], [0, {}], [0, {}]);
    expect(read(state, 0)).toMatchObject({ successRate: 0.75, evidence: 4 });
  });

  it("let old calls count less", () => {
    const state = after([0, { errorCode: ErrorCode.TIMEOUT }], [30_000, {}]);
    expect(read(state, 30_000).successRate).toBeCloseTo(1 / (1 + 1 / Math.E), 6);
    expect(read(state, 60_000).evidence).toBeCloseTo((1 + 1 / Math.E) / Math.E, 6);
  });

  it.each([
    ["INVALID_REQUEST", ErrorCode.INVALID_REQUEST],
    ["CONTEXT_LENGTH_EXCEEDED", ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["CONTENT_REFUSED", ErrorCode.CONTENT_REFUSED],
    ["CANCELLED", ErrorCode.CANCELLED],
    ["BUDGET_EXCEEDED", ErrorCode.BUDGET_EXCEEDED],
    ["COST_LIMIT_EXCEEDED", ErrorCode.COST_LIMIT_EXCEEDED],
    ["QUALITY_REJECTED", ErrorCode.QUALITY_REJECTED],
    ["a code of a later version", 999 as ErrorCode],
  ])("do not change with %s", (_name, errorCode) => {
    const state = after([0, {}]);
    expect(advanceTarget(state, attempt({ errorCode, retryAfterMs: 100 }), START, CONSTANTS)).toBe(state);
  });

  it.each([
    ["RATE_LIMITED", ErrorCode.RATE_LIMITED],
    ["OVERLOADED", ErrorCode.OVERLOADED],
    ["PROVIDER_ERROR", ErrorCode.PROVIDER_ERROR],
    ["PROVIDER_UNREACHABLE", ErrorCode.PROVIDER_UNREACHABLE],
    ["MALFORMED_ANSWER", ErrorCode.MALFORMED_ANSWER],
    ["TIMEOUT", ErrorCode.TIMEOUT],
    ["STREAM_INTERRUPTED", ErrorCode.STREAM_INTERRUPTED],
    ["PROVIDER_AUTHENTICATION", ErrorCode.PROVIDER_AUTHENTICATION],
    ["PROVIDER_QUOTA_EXHAUSTED", ErrorCode.PROVIDER_QUOTA_EXHAUSTED],
    ["UNAVAILABLE", ErrorCode.UNAVAILABLE],
  ])("count %s against it", (_name, errorCode) => {
    expect(read(after([0, { errorCode }]), 0)).toMatchObject({ successRate: 0, evidence: 1 });
  });

  it("do not get better by failing fast", () => {
    const state = after([0, { durationMs: 2_000 }], [60_000, { durationMs: 3, errorCode: ErrorCode.PROVIDER_ERROR }]);
    expect(read(state, 60_000).latencyMs).toBe(2_000);
  });

  it("take the time limit a call ran into as its latency", () => {
    expect(read(after([0, { durationMs: 30_000, errorCode: ErrorCode.TIMEOUT }]), 0).latencyMs).toBe(30_000);
  });

  it("respect how long a provider asked to be left alone, and forget it afterwards", () => {
    const state = after([0, { errorCode: ErrorCode.RATE_LIMITED, retryAfterMs: 2_000 }], [100, {}]);
    expect(read(state, 1_999).rateLimitedUntil).toBe(START + 2_000);
    expect(read(state, 2_000).rateLimitedUntil).toBe(0);
  });

  it("keep the longer of two wishes and cut what is longer than an hour", () => {
    const state = after(
      [0, { errorCode: ErrorCode.RATE_LIMITED, retryAfterMs: 4_294_967_295 }],
      [1, { errorCode: ErrorCode.OVERLOADED, retryAfterMs: 10 }],
    );
    expect(read(state, 1).rateLimitedUntil).toBe(START + 3_600_000);
  });

  it("survive storage", () => {
    const state = after([0, { durationMs: 123.4, firstTokenMs: 50, streamed: true, outputTokens: 7 }]);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it("stay finite and in range whatever is told, also by a clock that jumps", () => {
    const figure = fc.oneof(fc.double(), fc.double({ min: 0, max: 60_000, noNaN: true }));
    const step = fc.record({
      at: fc.integer({ min: -100_000, max: 100_000 }),
      errorCode: fc.integer({ min: 0, max: 30 }) as fc.Arbitrary<ErrorCode>,
      durationMs: figure,
      firstTokenMs: figure,
      outputTokens: fc.nat(),
      retryAfterMs: fc.nat(),
      streamed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const reading = read(
          after(...steps.map(({ at, ...facts }) => [at, facts] as [number, Partial<AttemptFacts>])),
          0,
        );
        for (const value of Object.values(reading)) expect(Number.isFinite(value) && value >= 0).toBe(true);
        expect(reading.successRate).toBeLessThanOrEqual(1 + 1e-9);
        expect(reading.evidence).toBeLessThanOrEqual(steps.length);
      }),
    );
  });
});
