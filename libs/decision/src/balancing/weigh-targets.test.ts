import fc from "fast-check";
import { type EqualTarget, weighTargets } from "./weigh-targets.ts";

function target(facts: Partial<EqualTarget> = {}): EqualTarget {
  return { latencyMs: 1_000, successRate: 1, evidence: 1_000, access: "open", ...facts };
}

const anyTarget: fc.Arbitrary<EqualTarget> = fc.record({
  latencyMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_600_000, noNaN: true })),
  successRate: fc.double({ min: 0, max: 1, noNaN: true }),
  evidence: fc.double({ min: 0, max: 1e9, noNaN: true }),
  access: fc.constantFrom("open", "probing", "shut"),
});

describe("weighing targets", () => {
  it("has nothing to share among none", () => {
    expect(weighTargets([])).toEqual([]);
  });

  it("gives everything to one alone, whatever its figures", () => {
    expect(weighTargets([target({ access: "shut", successRate: 0 })])).toEqual([1]);
  });

  it("shares evenly among targets with the same figures", () => {
    expect(weighTargets([target(), target(), target(), target()])).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("shares evenly among targets of which nothing is known", () => {
    const unknown = target({ latencyMs: 0, evidence: 0 });
    expect(weighTargets([unknown, unknown])).toEqual([0.5, 0.5]);
  });

  it("gives less than one call in a hundred to a target that is two seconds slower than two fast ones", () => {
    const [, , slow] = weighTargets([
      target({ latencyMs: 200 }),
      target({ latencyMs: 200 }),
      target({ latencyMs: 2_200 }),
    ]);
    expect(slow).toBeLessThan(0.01);
  });

  it("gives less to a target that fails more often", () => {
    const [good, bad] = weighTargets([target(), target({ successRate: 0.5 })]);
    expect(good).toBeCloseTo(0.8, 2);
    expect(bad).toBeCloseTo(0.2, 2);
  });

  it("tries a target that is not measured yet as if it were the fastest", () => {
    const [fast, slow, fresh] = weighTargets([
      target(),
      target({ latencyMs: 2_000 }),
      target({ latencyMs: 0, evidence: 0 }),
    ]);
    expect(fresh).toBeCloseTo(fast ?? 0, 3);
    expect(fresh).toBeGreaterThan(slow ?? 1);
  });

  it("tries a shunned target again as the evidence against it fades", () => {
    const shares = [100, 1, 0.1, 0].map(
      (evidence) => weighTargets([target(), target({ latencyMs: 20_000, successRate: 0.1, evidence })])[1] ?? 0,
    );
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares.at(-1)).toBeCloseTo(0.5, 2);
  });

  it("gives nothing to a shut target while another is not", () => {
    expect(weighTargets([target({ access: "shut" }), target({ successRate: 0, latencyMs: 60_000 })])).toEqual([0, 1]);
  });

  it("shares as usual where all are shut", () => {
    expect(weighTargets([target({ access: "shut" }), target({ access: "shut" })])).toEqual([0.5, 0.5]);
  });

  it("gives a probed target a tenth of what it would get", () => {
    const [open, probing] = weighTargets([target(), target({ access: "probing" })]);
    expect((probing ?? 0) / (open ?? 1)).toBeCloseTo(0.1, 9);
  });

  it("always hands out shares from 0 to 1 that sum to 1", () => {
    fc.assert(
      fc.property(fc.array(anyTarget, { minLength: 1, maxLength: 20 }), (targets) => {
        const shares = weighTargets(targets);
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("does not depend on the order of the targets", () => {
    fc.assert(
      fc.property(fc.array(anyTarget, { minLength: 1, maxLength: 10 }), (targets) => {
        const shares = weighTargets(targets);
        const reversed = weighTargets(targets.toReversed()).toReversed();
        shares.forEach((share, index) => expect(reversed[index]).toBeCloseTo(share, 9));
      }),
    );
  });

  it("never gives more to a target that got slower", () => {
    fc.assert(
      fc.property(anyTarget, anyTarget, fc.double({ min: 1, max: 100, noNaN: true }), (left, right, factor) => {
        fc.pre(left.latencyMs > 0 && right.latencyMs > 0);
        const [before = 0] = weighTargets([left, right]);
        const [after = 0] = weighTargets([{ ...left, latencyMs: left.latencyMs * factor }, right]);
        expect(after).toBeLessThanOrEqual(before + 1e-9);
      }),
    );
  });
});
