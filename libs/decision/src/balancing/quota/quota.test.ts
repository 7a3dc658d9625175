import fc from "fast-check";
import { acquireQuota, type QuotaAccountState, type QuotaAsk, returnQuota, UNUSED_ACCOUNT } from "./advance-quota.ts";
import { emptyQueue, enqueue, type FairQueue, nextInLine, serveNext, withdraw } from "./fair-queue.ts";

const START = 1_700_000_000_000;
let ids = 0;
const ask = (facts: Partial<QuotaAsk> = {}): QuotaAsk => ({
  quotaId: `quota ${(ids += 1)}`,
  requestsPerMinute: 600,
  tokensPerMinute: 0,
  burst: 0.25,
  validForMs: 2_000,
  wantedRequests: 10,
  wantedTokens: 0,
  minimumTokens: 0,
  ...facts,
});

/** Asks without end and notes what it got when. */
function drain(asks: readonly QuotaAsk[], lastsMs: number, stepMs: number) {
  let state: QuotaAccountState = UNUSED_ACCOUNT;
  const granted: { at: number; requests: number; tokens: number; asker: number }[] = [];
  for (let at = 0; at <= lastsMs; at += stepMs) {
    for (const [asker, one] of asks.entries()) {
      const { state: next, answer } = acquireQuota(state, { ...one, quotaId: `quota ${(ids += 1)}` }, START + at);
      state = next;
      if (answer.kind === "granted") granted.push({ at, requests: answer.requests, tokens: answer.tokens, asker });
    }
  }
  return { state, granted };
}

/** The most that can be used within any minute, where what was granted is used at any time while it is valid. */
function worstMinute(granted: readonly { at: number; requests: number; tokens: number }[], of: "requests" | "tokens", validForMs: number) {
  return Math.max(
    ...granted.map(({ at: from }) =>
      granted.filter(({ at }) => at >= from && at <= from + 60_000 + validForMs).reduce((sum, one) => sum + one[of], 0),
    ),
  );
}

describe("quota", () => {
  it("never lets through more than the limit in any minute, whenever within its time a share is used", () => {
    const { granted } = drain([ask(), ask({ wantedRequests: 37 })], 240_000, 500);
    expect(worstMinute(granted, "requests", 2_000)).toBeLessThanOrEqual(600);
  });

  it("lets through nearly the whole limit minute after minute", () => {
    const { granted } = drain([ask(), ask()], 300_000, 500);
    const later = granted.filter(({ at }) => at >= 60_000).reduce((sum, { requests }) => sum + requests, 0);
    expect(later / 4).toBeGreaterThan(600 * 0.93);
    expect(later / 4).toBeLessThanOrEqual(600);
  });

  it("honours a burst of its share of a minute, and no larger one", () => {
    const burst = (share: number) =>
      drain([ask({ burst: share, wantedRequests: 1_000 })], 0, 1).granted.length === 0
        ? 0
        : takeAll(ask({ burst: share, wantedRequests: 1_000 }));
    expect(burst(0.25)).toBe(150);
    expect(burst(1)).toBe(600);
    expect(burst(0.01)).toBe(6);
  });

  it("keeps to limits of requests and of tokens at the same time", () => {
    const both = ask({ tokensPerMinute: 30_000, wantedTokens: 4_000, minimumTokens: 100 });
    const { granted } = drain([both, { ...both, minimumTokens: 3_000 }], 180_000, 700);
    expect(worstMinute(granted, "tokens", 2_000)).toBeLessThanOrEqual(30_000);
    expect(worstMinute(granted, "requests", 2_000)).toBeLessThanOrEqual(600);
    expect(granted.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThan(75_000);
  });

  it("leaves something to others who ask", () => {
    const { answer } = acquireQuota(UNUSED_ACCOUNT, ask({ wantedRequests: 1_000 }), START);
    expect(answer).toEqual({ kind: "granted", requests: 37, tokens: 0 });
    const { granted } = drain([ask({ wantedRequests: 1_000 }), ask({ wantedRequests: 1_000 })], 120_000, 250);
    const of = (asker: number) => granted.filter((one) => one.asker === asker).reduce((sum, one) => sum + one.requests, 0);
    expect(of(1) / of(0)).toBeGreaterThan(0.4);
  });

  it("tells how long to wait, and it is enough", () => {
    const asks = fc.record({
      requestsPerMinute: fc.integer({ min: 1, max: 1_000 }),
      tokensPerMinute: fc.integer({ min: 0, max: 100_000 }),
      burst: fc.double({ min: 0.01, max: 1, noNaN: true }),
      wantedRequests: fc.integer({ min: 1, max: 50 }),
      wantedTokens: fc.integer({ min: 0, max: 20_000 }),
      minimumTokens: fc.integer({ min: 0, max: 5_000 }),
      validForMs: fc.integer({ min: 200, max: 10_000 }),
    });
    fc.assert(
      fc.property(asks, (facts) => {
        let state: QuotaAccountState = UNUSED_ACCOUNT;
        let now = START;
        for (let turn = 0; turn < 200; turn++) {
          const { state: next, answer } = acquireQuota(state, ask(facts), now);
          state = next;
          if (answer.kind === "granted") continue;
          if (answer.retryAfterMs === Number.POSITIVE_INFINITY) {
            expect(facts.minimumTokens).toBeGreaterThan(facts.tokensPerMinute);
            return;
          }
          expect(answer.retryAfterMs).toBeLessThan(90_000);
          now += Math.ceil(answer.retryAfterMs);
          expect(acquireQuota(state, ask(facts), now).answer.kind).toBe("granted");
        }
      }),
      { numRuns: 100 },
    );
  });

  it("hands out a request larger than the burst when the bucket is full, and makes others wait for it", () => {
    const large = ask({ requestsPerMinute: 0, tokensPerMinute: 60_000, wantedTokens: 40_000, minimumTokens: 40_000 });
    const { state, answer } = acquireQuota(UNUSED_ACCOUNT, large, START);
    expect(answer).toEqual({ kind: "granted", requests: 10, tokens: 40_000 });
    const small = ask({ requestsPerMinute: 0, tokensPerMinute: 60_000, wantedTokens: 1_000, minimumTokens: 1_000 });
    expect(acquireQuota(state, small, START).answer).toEqual({ kind: "wait", retryAfterMs: 26_000 });
  });

  it("never grants a request that is larger than the limit", () => {
    const huge = ask({ tokensPerMinute: 1_000, wantedTokens: 1_001, minimumTokens: 1_001 });
    expect(acquireQuota(UNUSED_ACCOUNT, huge, START).answer).toEqual({ kind: "wait", retryAfterMs: Number.POSITIVE_INFINITY });
  });

  it("hands out again what comes back, once", () => {
    const all = ask({ burst: 1, requestsPerMinute: 4, wantedRequests: 4 });
    let state: QuotaAccountState = UNUSED_ACCOUNT;
    for (let turn = 0; turn < 4; turn++) state = acquireQuota(state, { ...all, quotaId: `${turn}` }, START).state;
    expect(acquireQuota(state, all, START).answer.kind).toBe("wait");
    state = returnQuota(state, all, { quotaId: "2", part: 0, unusedRequests: 9, unusedTokens: 0 }, START + 10);
    state = returnQuota(state, all, { quotaId: "2", part: 0, unusedRequests: 9, unusedTokens: 0 }, START + 10);
    const again = acquireQuota(state, all, START + 10);
    expect(again.answer).toEqual({ kind: "granted", requests: 1, tokens: 0 });
    expect(acquireQuota(again.state, all, START + 10).answer.kind).toBe("wait");
  });

  it("takes a share back in parts, together no more than it was", () => {
    const all = ask({ burst: 1, requestsPerMinute: 40, wantedRequests: 40 });
    let { state } = acquireQuota(UNUSED_ACCOUNT, { ...all, quotaId: "one" }, START);
    const back = (part: number, unusedRequests: number) => {
      state = returnQuota(state, all, { quotaId: "one", part, unusedRequests, unusedTokens: 0 }, START);
      return state.requests?.level;
    };
    expect([back(0, 4), back(0, 4), back(2, 3), back(1, 3), back(3, 9)]).toEqual([34, 34, 37, 37, 40]);
  });

  it("counts what was used beyond a share", () => {
    const limits = ask({ requestsPerMinute: 0, tokensPerMinute: 10_000, burst: 1, wantedTokens: 2_000, minimumTokens: 2_000 });
    const first = acquireQuota(UNUSED_ACCOUNT, limits, START);
    const state = returnQuota(first.state, limits, { quotaId: limits.quotaId, part: 0, unusedRequests: 0, unusedTokens: -7_500 }, START);
    const next = acquireQuota(state, { ...limits, minimumTokens: 600 }, START);
    expect(next.answer.kind).toBe("wait");
    expect(acquireQuota(state, { ...limits, minimumTokens: 400 }, START).answer).toMatchObject({ kind: "granted", tokens: 400 });
  });

  it("frees nothing when the clock goes back, and goes on from there", () => {
    const { state } = drain([ask({ burst: 1, wantedRequests: 600 })], 200, 1);
    const back = START - 300_000;
    const { state: after, answer } = acquireQuota(state, ask({ burst: 1 }), back);
    expect(answer.kind).toBe("wait");
    expect(acquireQuota(after, ask({ burst: 1 }), back + 66_000).answer.kind).toBe("granted");
  });

  it("stays small", () => {
    const { state } = drain([ask(), ask(), ask()], 600_000, 250);
    expect(JSON.stringify(state).length).toBeLessThan(100_000);
    expect(JSON.parse(JSON.stringify(state))).toEqual({ ...state, tokens: undefined });
  });
});

function takeAll(one: QuotaAsk): number {
  let state: QuotaAccountState = UNUSED_ACCOUNT;
  let sum = 0;
  for (;;) {
    const { state: next, answer } = acquireQuota(state, { ...one, quotaId: `${sum}` }, START);
    if (answer.kind === "wait") return sum;
    state = next;
    sum += answer.requests;
  }
}

describe("a queue that is fair between tenants", () => {
  const drainQueue = (queue: FairQueue<string>): string[] => {
    const served: string[] = [];
    for (let left = queue; ; left = serveNext(left)) {
      const next = nextInLine(left);
      if (next === undefined) return served;
      served.push(next.item);
    }
  };
  const fill = (entries: readonly (readonly [item: string, tenant: string, cost: number, weight?: number])[]) =>
    entries.reduce(
      (queue, [item, tenant, cost, weight = 1]) => enqueue(queue, item, { tenant, cost, weight }),
      emptyQueue<string>(),
    );

  it("lets a tenant with one request go before the many of another", () => {
    const flood = Array.from({ length: 100 }, (_, index) => [`a${index}`, "a", 1] as const);
    const served = drainQueue(fill([...flood, ["b0", "b", 1]]));
    expect(served.indexOf("b0")).toBeLessThanOrEqual(1);
  });

  it("serves tenants in proportion to their weights by what their requests cost", () => {
    const tenants = [
      ["a", 100, 1],
      ["b", 10, 1],
      ["c", 25, 3],
    ] as const;
    const entries = tenants.flatMap(([tenant, cost, weight]) =>
      Array.from({ length: 3_000 / cost }, (_, index) => [`${tenant}${index}`, tenant, cost, weight] as const),
    );
    const served = new Map<string, number>();
    let queue = fill(entries);
    for (let total = 0; total < 3_000; ) {
      const next = nextInLine(queue);
      if (next === undefined) break;
      served.set(next.tenant, (served.get(next.tenant) ?? 0) + next.cost);
      total += next.cost;
      queue = serveNext(queue);
    }
    expect(served.get("a")).toBeGreaterThanOrEqual(500);
    expect(served.get("a")).toBeLessThanOrEqual(800);
    expect(served.get("b")).toBeGreaterThanOrEqual(500);
    expect(served.get("b")).toBeLessThanOrEqual(700);
    expect(served.get("c")).toBeGreaterThanOrEqual(1_600);
  });

  it("does not pay a tenant for its absence", () => {
    let queue = fill(Array.from({ length: 200 }, (_, index) => [`a${index}`, "a", 1] as const));
    for (let turn = 0; turn < 100; turn++) queue = serveNext(queue);
    for (let index = 0; index < 20; index++) queue = enqueue(queue, `b${index}`, { tenant: "b", cost: 1, weight: 1 });
    const next = drainQueue(queue).slice(0, 20);
    expect(next.filter((item) => item.startsWith("a")).length).toBeGreaterThanOrEqual(9);
  });

  it("keeps the order within a tenant, and moves up what waits behind a request that was withdrawn", () => {
    const entries = fc.array(fc.record({ tenant: fc.constantFrom("a", "b", "c"), cost: fc.integer({ min: 1, max: 50 }), gone: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(entries, (all) => {
        let queue = fill(all.map(({ tenant, cost }, index) => [`${index}`, tenant, cost] as const));
        const stays = all.flatMap(({ gone }, index) => (gone ? [] : [index]));
        for (const [index, { gone }] of all.entries()) if (gone) queue = withdraw(queue, `${index}`);
        const served = drainQueue(queue).map(Number);
        expect(served.toSorted((left, right) => left - right)).toEqual(stays);
        for (const tenant of ["a", "b", "c"]) {
          const own = served.filter((index) => all[index]?.tenant === tenant);
          expect(own).toEqual(own.toSorted((left, right) => left - right));
        }
        const left = stays.map((index) => all[index] as (typeof all)[number]);
        const anew = fill(left.map(({ tenant, cost }, index) => [`${stays[index]}`, tenant, cost] as const));
        expect(drainQueue(queue)).toEqual(drainQueue(anew));
      }),
    );
  });
});
