import { OwnQuota } from "./own-quota.ts";

const LIMITS = { requestsPerMinute: 600, tokensPerMinute: 0 };

/** Hands out all that an executor has by itself, for as long as it may. */
function goOnAlone(own: OwnQuota, from: number, lastsMs: number) {
  const granted: { at: number; requests: number }[] = [];
  for (let at = from; at <= from + lastsMs; at += 250) {
    const answer = own.acquire(LIMITS, 50, 0, 0, at);
    if (answer?.kind === "granted") granted.push({ at, requests: answer.requests });
  }
  return granted;
}

describe("what an executor has by itself", () => {
  it("is in no minute more than what it was handed in the minute before", () => {
    const own = new OwnQuota();
    const handed: { at: number; requests: number }[] = [];
    for (let at = 0; at < 100_000; at += 1_000) {
      own.handed(LIMITS, 3, 0, at);
      handed.push({ at, requests: 3 });
    }
    own.lost(LIMITS, 100_000);
    expect(own.alone).toBe(true);
    const granted = goOnAlone(own, 100_000, 60_000);
    const all = [...handed, ...granted];
    for (const { at: from } of all) {
      const minute = all.filter(({ at }) => at >= from && at <= from + 60_000);
      expect(minute.reduce((sum, { requests }) => sum + requests, 0)).toBeLessThanOrEqual(3 * 64);
    }
    expect(granted.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(120);
  });

  it("ends after a minute", () => {
    const own = new OwnQuota();
    for (let at = 0; at < 60_000; at += 1_000) own.handed(LIMITS, 5, 0, at);
    own.lost(LIMITS, 60_000);
    expect(own.acquire(LIMITS, 1, 0, 0, 120_001)).toBeUndefined();
  });

  it("is nothing where it was handed nothing, or gave it back", () => {
    const fresh = new OwnQuota();
    fresh.lost(LIMITS, 0);
    expect(fresh.acquire(LIMITS, 1, 0, 0, 1_000)).toBeUndefined();
    const own = new OwnQuota();
    own.handed(LIMITS, 5, 0, 0);
    own.gaveBack(LIMITS, 5, 0, 0);
    own.lost(LIMITS, 1_000);
    expect(own.acquire(LIMITS, 1, 0, 0, 1_000)).toBeUndefined();
  });

  it("ends when the ledger answers again", () => {
    const own = new OwnQuota();
    own.handed(LIMITS, 50, 0, 0);
    own.lost(LIMITS, 1_000);
    own.reached();
    expect(own.alone).toBe(false);
    expect(own.acquire(LIMITS, 1, 0, 0, 2_000)).toBeUndefined();
  });
});
