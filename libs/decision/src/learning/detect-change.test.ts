import { seededDraws } from "../routing/testing/make-question.ts";
import { advanceDrift, clearDrift, noDrift } from "./detect-change.ts";

const OPTIONS = { changedOdds: 0.2, callsBetweenFalseAlarms: 10_000 };

/** Mean calls from the start to the alarm, over some runs; each is cut at the limit. */
function callsToAlarm(share: number, reference: number, runs: number, limit: number): number {
  const random = seededDraws(5);
  let calls = 0;
  for (let run = 0; run < runs; run++) {
    const drift = noDrift();
    for (let call = 0; call < limit; call++) {
      calls += 1;
      if (advanceDrift(drift, random() < share ? 1 : 0, reference, OPTIONS)) break;
    }
  }
  return calls / runs;
}

describe("a change for the worse", () => {
  it.each([0.98, 0.9, 0.7, 0.5])(
    "is cried out falsely less than once in the stated number of calls at a usual share of %s",
    (share) => {
      expect(callsToAlarm(share, share, 20, 20_000)).toBeGreaterThan(OPTIONS.callsBetweenFalseAlarms);
    },
  );

  it.each([
    [0.9, 0.3],
    [0.9, 0.6],
    [0.8, 0.3],
    [0.6, 0.1],
  ])("is noticed within some dozen calls when a share of %s falls to %s", (usual, now) => {
    expect(callsToAlarm(now, usual, 200, 1_000)).toBeLessThan(50);
  });

  it("tells the outcomes since it began", () => {
    const drift = noDrift();
    for (let call = 0; call < 50; call++) advanceDrift(drift, 1, 0.9, OPTIONS);
    for (let call = 0; call < 4; call++) advanceDrift(drift, 0, 0.9, OPTIONS);
    expect(drift).toMatchObject({ since: 4, sum: 0 });
    clearDrift(drift);
    expect(drift).toEqual(noDrift());
  });
});
