import {
  acquireQuota,
  type QuotaAccountState,
  type QuotaAsk,
  returnQuota,
  UNUSED_ACCOUNT,
} from "@fairlead/decision/balancing/quota/advance-quota";
import fc from "fast-check";
import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

let ids = 0;
const ask = (facts: Partial<QuotaAsk> = {}): QuotaAsk => ({
  quotaId: `quota-${(ids += 1)}`,
  requestsPerMinute: 60,
  tokensPerMinute: 0,
  burst: 0.5,
  validForMs: 2_000,
  wantedRequests: 1,
  wantedTokens: 0,
  minimumTokens: 0,
  ...facts,
});

describe.each(drivers)("the $name quota ledger", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  it("hands out no more than a burst at once, to however many ask at the same time", async () => {
    const { quotas, close } = await driver.open(freshName(), { now: () => NOON });
    const answers = await Promise.all(Array.from({ length: 200 }, () => quotas.acquire("account", ask())));
    expect(answers.filter(({ kind }) => kind === "granted")).toHaveLength(30);
    expect(answers.at(-1)).toEqual({ kind: "wait", retryAfterMs: 1_000 });
    expect((await quotas.acquire("other", ask())).kind).toBe("granted");
    await close();
  });

  it("never hands out more than the limit in a minute to two that share it", async () => {
    let now = NOON;
    const name = freshName();
    const one = await driver.open(name, { now: () => now });
    const two = driver.name === "redis" ? await driver.open(name, { now: () => now }) : one;
    const granted: { at: number; tokens: number }[] = [];
    const facts = { tokensPerMinute: 10_000, requestsPerMinute: 0, wantedTokens: 1_500, minimumTokens: 300 };
    for (; now < NOON + 150_000; now += 700) {
      const answers = await Promise.all([one.quotas.acquire("account", ask(facts)), two.quotas.acquire("account", ask(facts))]);
      for (const answer of answers) if (answer.kind === "granted") granted.push({ at: now, tokens: answer.tokens });
    }
    for (const { at: from } of granted) {
      const minute = granted.filter(({ at }) => at >= from && at <= from + 62_000);
      expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(10_000);
    }
    expect(granted.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThan(20_000);
    await one.close();
    if (two !== one) await two.close();
  });

  it("takes a share back once", async () => {
    const { quotas, close } = await driver.open(freshName(), { now: () => NOON });
    const share = ask({ requestsPerMinute: 2, burst: 1 });
    await quotas.acquire("account", share);
    await quotas.acquire("account", ask({ requestsPerMinute: 2, burst: 1 }));
    expect((await quotas.acquire("account", ask({ requestsPerMinute: 2, burst: 1 }))).kind).toBe("wait");
    const back = { quotaId: share.quotaId, part: 0, unusedRequests: 5, unusedTokens: 0 };
    expect(await quotas.giveBack("account", back)).toBe(true);
    expect(await quotas.giveBack("account", back)).toBe(false);
    expect(await quotas.giveBack("nobody", back)).toBe(false);
    expect((await quotas.acquire("account", ask({ requestsPerMinute: 2, burst: 1 }))).kind).toBe("granted");
    expect((await quotas.acquire("account", ask({ requestsPerMinute: 2, burst: 1 }))).kind).toBe("wait");
    await close();
  });

  it("says so where a request can never be let through", async () => {
    const { quotas, close } = await driver.open(freshName(), { now: () => NOON });
    const huge = ask({ tokensPerMinute: 100, wantedTokens: 101, minimumTokens: 101 });
    expect(await quotas.acquire("account", huge)).toEqual({ kind: "wait", retryAfterMs: Number.POSITIVE_INFINITY });
    await close();
  });

  it("remembers what it handed out when it is opened again", async () => {
    const name = freshName();
    const before = await driver.open(name, { now: () => NOON });
    for (let turn = 0; turn < 30; turn++) await before.quotas.acquire("account", ask());
    await before.close();
    const after = await driver.open(name, { now: () => NOON + 500 });
    expect(await after.quotas.acquire("account", ask())).toEqual({ kind: "wait", retryAfterMs: 500 });
    await after.close();
  });

  it("goes by the clock of the store where none is handed in", async () => {
    const { quotas, close } = await driver.open(freshName());
    const asks = Array.from({ length: 40 }, () => quotas.acquire("account", ask()));
    const waits = (await Promise.all(asks)).flatMap((answer) => (answer.kind === "wait" ? [answer.retryAfterMs] : []));
    expect(waits.length).toBeGreaterThanOrEqual(9);
    expect(waits.length).toBeLessThanOrEqual(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    await close();
  });

  it("takes any name of an account for a name and nothing else", async () => {
    const { quotas, close } = await driver.open(freshName(), { now: () => NOON });
    for (const account of ["a{b}c", "x:share:y", "'; DROP TABLE quota_accounts; --", "\r\n*", "é".repeat(200)]) {
      expect((await quotas.acquire(account, ask())).kind).toBe("granted");
    }
    await close();
  });

  it("reckons as the pure core does, whatever is asked when", async () => {
    const limits = fc.record({
      requestsPerMinute: fc.constantFrom(0, 7, 60, 1_000),
      tokensPerMinute: fc.constantFrom(0, 90, 5_000, 2_000_000),
      burst: fc.constantFrom(0.05, 0.25, 1),
      validForMs: fc.constantFrom(500, 2_000, 9_000),
    });
    const steps = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 9_000 }),
        wantedRequests: fc.integer({ min: 1, max: 40 }),
        wantedTokens: fc.nat(3_000),
        minimumTokens: fc.nat(200),
        back: fc.option(fc.record({ which: fc.nat(5), part: fc.nat(2), requests: fc.nat(10), tokens: fc.integer({ min: -500, max: 500 }) })),
      }),
      { minLength: 1, maxLength: 25 },
    );
    let now = NOON;
    const { quotas, close } = await driver.open(freshName(), { now: () => now });
    await fc.assert(
      fc.asyncProperty(limits, steps, async (account, all) => {
        const name = freshName();
        const shares: string[] = [];
        let state: QuotaAccountState = UNUSED_ACCOUNT;
        for (const { wait, back, ...wanted } of all) {
          now += wait;
          const one = ask({ ...account, ...wanted });
          const expected = acquireQuota(state, one, now);
          state = expected.state;
          const answer = await quotas.acquire(name, one);
          expect(rounded(answer)).toEqual(rounded(expected.answer));
          if (answer.kind === "granted") shares.push(one.quotaId);
          const quotaId = shares.at(-1 - (back?.which ?? 0));
          if (back === null || quotaId === undefined) continue;
          const given = { quotaId, part: back.part, unusedRequests: back.requests, unusedTokens: back.tokens };
          const after = returnQuota(state, account, given, now);
          expect(await quotas.giveBack(name, given)).toBe(after !== state);
          state = after;
        }
      }),
      { numRuns: 60 },
    );
    await close();
  });
});

function rounded(answer: ReturnType<typeof acquireQuota>["answer"]) {
  return answer.kind === "wait" ? { ...answer, retryAfterMs: Math.round(answer.retryAfterMs * 100) / 100 } : answer;
}
