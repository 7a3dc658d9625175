import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type AttemptFinished, AttemptFinishedSchema } from "@fairlead/contracts/events/v1/event";
import { AnsweredResetSchema, SummaryResetsSchema, TallySliceSchema, type TargetTally } from "@fairlead/contracts/sla/v1/tally";
import * as fc from "fast-check";
import { countAttempt } from "./count-attempt.ts";
import { binOf, type Bins, quantileOf, RELATIVE_ERROR } from "./latency-bins.ts";
import { addTallies, joinSlices, MOST_TARGETS, type Tallies, tallyFor, withoutTallies } from "./merge-tallies.ts";
import { figuresOf, summariseProviders } from "./summarise-tallies.ts";
import { rememberAnswer, resetSummary, summariseSinceReset } from "./summary-resets.ts";

const codes = [ErrorCode.UNSPECIFIED, ErrorCode.TIMEOUT, ErrorCode.OVERLOADED, ErrorCode.CANCELLED];
const attempt: fc.Arbitrary<AttemptFinished> = fc
  .record({
    provider: fc.constantFrom("openai", "anthropic"),
    model: fc.constantFrom("m1", "m2"),
    errorCode: fc.constantFrom(...codes),
    durationMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
    firstTokenMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
    inputTokens: fc.nat(10_000),
    outputTokens: fc.nat(10_000),
    costNanoUsd: fc.bigInt(0n, 10n ** 12n),
    attemptNumber: fc.integer({ min: 1, max: 3 }),
    hedge: fc.boolean(),
  })
  .map((facts) => create(AttemptFinishedSchema, facts));

function count(attempts: readonly AttemptFinished[]): TargetTally[] {
  const tallies: Tallies = new Map();
  for (const one of attempts) countAttempt(tallyFor(tallies, one.provider, one.model), one);
  return [...tallies.values()];
}

const everything = { provider: "", byModel: true };

describe("counting attempts", () => {
  it("sums up what they came to, exactly, and leaves to the provider only what is its own fault", () => {
    const facts = { provider: "openai", model: "m1", attemptNumber: 1 };
    const [tally] = count([
      create(AttemptFinishedSchema, { ...facts, durationMs: 100, firstTokenMs: 40, streamed: true, inputTokens: 7, outputTokens: 3, costNanoUsd: 999_999_999_999_993n }),
      create(AttemptFinishedSchema, { ...facts, durationMs: 300, inputTokens: 5, costNanoUsd: 2n, attemptNumber: 2 }),
      create(AttemptFinishedSchema, { ...facts, durationMs: 1, errorCode: ErrorCode.OVERLOADED }),
      create(AttemptFinishedSchema, { ...facts, durationMs: 1, errorCode: ErrorCode.CANCELLED, costNanoUsd: 5n, hedge: true, attemptNumber: 2 }),
      create(AttemptFinishedSchema, { ...facts, durationMs: Number.NaN, costNanoUsd: -1n, errorCode: ErrorCode.OVERLOADED }),
    ]);
    expect(figuresOf(tally === undefined ? [] : [tally])).toMatchObject({
      attempts: 5n,
      succeeded: 2n,
      failed: 2n,
      unblamed: 1n,
      successRate: 0.5,
      failures: [
        { errorCode: ErrorCode.OVERLOADED, attempts: 2n, blamesProvider: true },
        { errorCode: ErrorCode.CANCELLED, attempts: 1n, blamesProvider: false },
      ],
      latency: { measured: 2n, meanMs: 200 },
      firstContent: { measured: 1n, meanMs: 40 },
      inputTokens: 12n,
      outputTokens: 3n,
      costNanoUsd: 1_000_000_000_000_000n,
      costPerSuccessNanoUsd: 500_000_000_000_000n,
      followUps: 1n,
      followUpShare: 0.2,
      hedges: 1n,
    });
  });

  it("leaves open what nothing was measured of", () => {
    const figures = figuresOf(count([create(AttemptFinishedSchema, { errorCode: ErrorCode.CANCELLED })]));
    expect(figures.successRate).toBeUndefined();
    expect(figures.costPerSuccessNanoUsd).toBeUndefined();
    expect(figures.latency).toBeUndefined();
    expect(figures.firstContent).toBeUndefined();
    expect(figuresOf([]).followUpShare).toBeUndefined();
  });

  it("finds quantiles within two percent", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.2, max: 3_000_000, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const bins: Bins = {};
        for (const value of values) bins[binOf(value)] = (bins[binOf(value)] ?? 0n) + 1n;
        const exact = values.toSorted((left, right) => left - right)[Math.floor(share * (values.length - 1))] ?? 0;
        expect(Math.abs((quantileOf(bins, share) ?? 0) - exact)).toBeLessThanOrEqual(exact * (RELATIVE_ERROR + 1e-9));
      }),
    );
  });

  it("is bounded, and its sums stay right", () => {
    const tallies: Tallies = new Map();
    for (let index = 0; index < MOST_TARGETS + 200; index += 1) tallyFor(tallies, "openai", `m${index}`).attempts += 1n;
    expect(tallies.size).toBe(MOST_TARGETS + 1);
    expect(figuresOf([...tallies.values()]).attempts).toBe(BigInt(MOST_TARGETS + 200));
    expect([...tallies.values()].at(-1)).toMatchObject({ provider: "other", model: "other", attempts: 200n });
    const bins = new Set([1e-9, 1e12, ...Array.from({ length: 20_000 }, (_, index) => 0.01 * 1.002 ** index)].map(binOf));
    expect(bins.size).toBeLessThan(450);
  });
});

describe("a reset", () => {
  it("parts attempts: what was before it and what came after are all, for each provider", () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 40 }), fc.array(attempt, { maxLength: 40 }), fc.constantFrom("", "openai"), (before, after, provider) => {
        const all = { since: 0, targets: count([...before, ...after]) };
        const resets = resetSummary(create(SummaryResetsSchema), { since: 0, targets: count(before) }, provider, 1_000);
        const left = [...after, ...(provider === "" ? [] : before.filter((one) => one.provider !== provider))];
        const shown = summariseSinceReset(all, resets, everything, 2_000);
        expect(shown.total).toEqual(figuresOf(count(left)));
        expect(shown.providers.map(({ provider: name, figures, models }) => ({ name, figures, models }))).toEqual(
          summariseProviders(count(left), true).map(({ provider: name, figures, models }) => ({ name, figures, models })),
        );
      }),
    );
  });

  it("of one provider moves only its start, and one of all ends it", () => {
    const targets = count([create(AttemptFinishedSchema, { provider: "openai" }), create(AttemptFinishedSchema, { provider: "anthropic" })]);
    const startsOf = (resets: Parameters<typeof summariseSinceReset>[1], provider = "") => {
      const more = count(["openai", "anthropic"].map((name) => create(AttemptFinishedSchema, { provider: name })));
      const both: Tallies = new Map();
      addTallies(both, [...targets, ...more]);
      const { start, providers } = summariseSinceReset({ since: 1_000, targets: [...both.values()] }, resets, { provider, byModel: false }, 9_000);
      return [start, ...providers.map((one) => one.start)].map((at) => Number(at?.seconds));
    };
    const one = resetSummary(create(SummaryResetsSchema), { since: 1_000, targets }, "openai", 3_000);
    expect(startsOf(one)).toEqual([1, 1, 3]);
    expect(startsOf(one, "openai")).toEqual([3, 3]);
    expect(startsOf(resetSummary(one, { since: 1_000, targets }, "", 5_000))).toEqual([5, 5, 5]);
  });

  it("never shows less than nothing where a replica is behind the one that reset it", () => {
    const [ahead] = count([create(AttemptFinishedSchema, { provider: "openai", costNanoUsd: 5n, durationMs: 3 }), create(AttemptFinishedSchema, { provider: "openai" })]);
    const [behind] = count([create(AttemptFinishedSchema, { provider: "openai" })]);
    expect(withoutTallies(behind === undefined ? [] : [behind], ahead === undefined ? [] : [ahead])).toMatchObject([{ attempts: 0n, costNanoUsd: 0n, latencies: {} }]);
  });

  it("remembers eight answers", () => {
    let resets = create(SummaryResetsSchema);
    for (let index = 0; index < 12; index += 1) resets = rememberAnswer(resets, create(AnsweredResetSchema, { requestId: `r${index}` }));
    expect(resets.answered.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 8 }, (_, index) => `r${index + 4}`));
  });
});

describe("two copies of a slice", () => {
  it("are joined by target, the fuller one each, in any order and as often as one likes", () => {
    const slice = (start: number, targets: TargetTally[]) => create(TallySliceSchema, { startUnixMs: BigInt(start), targets });
    const of = (provider: string, calls: number) => count(Array.from({ length: calls }, () => create(AttemptFinishedSchema, { provider })));
    const one = [slice(0, [...of("openai", 3), ...of("google", 1)]), slice(5_000, of("openai", 1))];
    const other = [slice(0, [...of("openai", 2), ...of("google", 4)]), slice(10_000, of("openai", 9))];
    const sums = (slices: ReturnType<typeof joinSlices>) =>
      Object.fromEntries(slices.flatMap(({ startUnixMs, targets }) => targets.map(({ provider, attempts }) => [`${startUnixMs} ${provider}`, attempts])));
    const joined = joinSlices(one, other);
    expect(sums(joined)).toEqual({ "0 openai": 3n, "0 google": 4n, "5000 openai": 1n, "10000 openai": 9n });
    expect(sums(joinSlices(other, one))).toEqual(sums(joined));
    expect(sums(joinSlices(joined, one))).toEqual(sums(joined));
  });
});
