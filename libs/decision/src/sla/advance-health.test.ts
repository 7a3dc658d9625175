import { Verdict } from "@fairlead/contracts/sla/v1/health";
import fc from "fast-check";
import { advanceHealth, type HealthEvidence, type HealthSettings, isWorthATry, type TargetVerdict, tryAgain, unknownTarget } from "./advance-health.ts";
import { NOT_KNOWN } from "./judge-level.ts";
import { settled, settleVerdict } from "./settle-verdict.ts";

const { HEALTHY, DEGRADED, UNHEALTHY, UNSPECIFIED } = Verdict;
const SETTINGS: HealthSettings = { recoverMs: 10_000, failedChecks: 3, answeredChecks: 3, failedCalls: 20 };
const NOTHING: HealthEvidence = { levels: NOT_KNOWN, failedCalls: 0, lastFailedCall: 0, checks: undefined };
const says = (verdict: Verdict, reason = "") => ({ ...NOTHING, levels: { verdict, reason } });

describe("a verdict", () => {
  it("gets worse at once and better only after it stayed better, then to the worst since", () => {
    let state = settled({ verdict: HEALTHY, reason: "" }, 0);
    const take = (verdict: Verdict, now: number) => (state = settleVerdict(state, { verdict, reason: String(verdict) }, 1_000, now)).verdict;
    expect(take(UNHEALTHY, 10)).toBe(UNHEALTHY);
    expect(take(HEALTHY, 20)).toBe(UNHEALTHY);
    expect(take(UNHEALTHY, 900)).toBe(UNHEALTHY);
    expect(take(HEALTHY, 1_100)).toBe(UNHEALTHY);
    expect(take(DEGRADED, 1_500)).toBe(UNHEALTHY);
    expect(take(HEALTHY, 2_099)).toBe(UNHEALTHY);
    expect(take(HEALTHY, 2_100)).toBe(DEGRADED);
    expect(take(HEALTHY, 2_200)).toBe(DEGRADED);
    expect(take(HEALTHY, 3_200)).toBe(HEALTHY);
    expect(state).toMatchObject({ since: 3_200 });
  });

  it("changes for the better at most once in the time it takes to recover, whatever the figures do", () => {
    const step = fc.tuple(fc.nat(2_000), fc.constantFrom(HEALTHY, DEGRADED, UNHEALTHY, UNSPECIFIED));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let now = 0;
        let state = settled({ verdict: HEALTHY, reason: "" }, now);
        let worsenedAt = Number.NEGATIVE_INFINITY;
        for (const [wait, verdict] of steps) {
          now += wait;
          const next = settleVerdict(state, { verdict, reason: "" }, 1_000, now);
          if (next.verdict < state.verdict) expect(now - Math.max(worsenedAt, state.since)).toBeGreaterThanOrEqual(1_000);
          if (next.verdict > state.verdict) worsenedAt = now;
          state = next;
        }
      }),
    );
  });
});

describe("the health of a target", () => {
  const row = (answered: boolean, inARow: number) => ({ answered, inARow });

  it.each<[string, HealthEvidence, Verdict, string]>([
    ["nothing", NOTHING, UNSPECIFIED, ""],
    ["an answered check alone", { ...NOTHING, checks: row(true, 1) }, HEALTHY, ""],
    ["a failed check", { ...NOTHING, checks: row(false, 2) }, UNSPECIFIED, ""],
    ["failed checks", { ...NOTHING, checks: row(false, 3) }, UNHEALTHY, "The last 3 checks of the provider failed."],
    ["failed checks beside good calls", { ...says(HEALTHY), checks: row(false, 4) }, UNHEALTHY, "The last 4 checks of the provider failed."],
    ["failures in a row within good figures", { ...says(HEALTHY), failedCalls: 20 }, UNHEALTHY, "The last 20 calls failed."],
    ["bad figures beside answered checks", { ...says(UNHEALTHY, "Slow."), checks: row(true, 50) }, UNHEALTHY, "Slow."],
  ])("follows from %s", (_name, evidence, verdict, reason) => {
    expect(advanceHealth(unknownTarget(0), evidence, SETTINGS, 1)).toMatchObject({ verdict, reason });
  });

  it("is tried again when checks are answered and no call has failed for long enough", () => {
    const down = advanceHealth(unknownTarget(0), says(UNHEALTHY, "Down."), SETTINGS, 1_000);
    const worth = (checks: HealthEvidence["checks"], lastFailedCall: number, now: number) =>
      isWorthATry(down, { ...says(UNHEALTHY), checks, lastFailedCall }, SETTINGS, now);
    expect(worth(row(true, 3), 500, 11_000)).toBe(true);
    expect(worth(row(true, 2), 500, 11_000)).toBe(false);
    expect(worth(row(true, 3), 6_000, 15_999)).toBe(false);
    expect(worth(row(true, 3), 6_000, 16_000)).toBe(true);
    expect(worth(row(true, 3), 500, 10_999)).toBe(false);
    expect(worth(row(false, 3), 500, 11_000)).toBe(false);
    expect(worth(undefined, 4_000, 11_000)).toBe(false);
    expect(tryAgain(down, 11_000)).toMatchObject({ verdict: DEGRADED, reason: "It answers checks again and is being tried.", since: 11_000 });
  });

  it("becomes healthy after a try without calls, and is held back longer with each relapse", () => {
    const answered = { ...NOTHING, checks: row(true, 1_000) };
    let state: TargetVerdict = advanceHealth(unknownTarget(0), says(UNHEALTHY), SETTINGS, 0);
    let now = 0;
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const since = now;
      while (!isWorthATry(state, { ...answered, lastFailedCall: -1 }, SETTINGS, now)) now += 1_000;
      waits.push(now - since);
      state = tryAgain(state, now);
      expect(advanceHealth(advanceHealth(state, answered, SETTINGS, now + 1), answered, SETTINGS, now + 10_001).verdict).toBe(HEALTHY);
      state = advanceHealth(state, says(UNHEALTHY), SETTINGS, (now += 2_000));
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it("forgets relapses that are long ago", () => {
    let state: TargetVerdict = { ...unknownTarget(0), relapses: 5, triedAt: 1_000 };
    state = advanceHealth(state, says(UNHEALTHY), SETTINGS, 1_000_000);
    expect(state.relapses).toBe(0);
  });
});
