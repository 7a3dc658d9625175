import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { sizeLease } from "@fairlead/decision/cost/size-lease";
import fc from "fast-check";
import type { BudgetLedger } from "../src/budget-ledger.ts";
import type { EmbeddedState } from "../src/open-embedded-state.ts";
import type { RedisState } from "../src/open-redis-state.ts";
import { drivers, freshName } from "./drivers.ts";
import { ask, booksOf, dayBudget, granted, HOLD_MS, holdOn, NOON, VALID_MS } from "./ledger-fixture.ts";

const AFTER_HOLD = NOON + VALID_MS + HOLD_MS;

describe.each(drivers)("the $name ledger", (driver) => {
  let state: EmbeddedState | RedisState;
  let ledger: BudgetLedger;
  let name: string;

  beforeAll(() => driver.start());
  afterAll(() => driver.stop());
  beforeEach(async () => {
    name = freshName();
    state = await driver.open(name, { rememberMs: 3_600_000 });
    ledger = state.ledger;
  });
  afterEach(() => state.close());

  it("lists budgets by id as they were put last, and forgets the deleted", async () => {
    await ledger.putBudget(dayBudget("b", 1n));
    await ledger.putBudget(dayBudget("a", 2n));
    await ledger.putBudget(dayBudget("b", 3n));
    expect(await ledger.listBudgets()).toEqual([dayBudget("a", 2n), dayBudget("b", 3n)]);
    expect(await ledger.deleteBudget("a", NOON)).toBe(true);
    expect(await ledger.deleteBudget("a", NOON)).toBe(false);
    expect(await ledger.listBudgets()).toEqual([dayBudget("b", 3n)]);
  });

  it("charges the cost of a request in the place of its hold and frees the rest", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    expect(lease.amountNanoUsd).toBe(200n);
    expect(Number(lease.windowStart?.seconds) * 1_000).toBe(Date.parse("2026-03-04T00:00:00Z"));
    expect(await booksOf(ledger, "b")).toEqual({ settled: 0n, leased: 200n, overrun: 0n });
    const outcome = await ledger.settle({ eventId: "e", holds: [holdOn(lease, 150n)], cost: 40n, now: NOON });
    expect(outcome).toEqual([{ budgetId: "b", kind: "settled", charged: 40n, overrun: 0n }]);
    expect(await booksOf(ledger, "b")).toEqual({ settled: 40n, leased: 50n, overrun: 0n });
  });

  it("settles an event once, however often it comes", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    const settlement = { eventId: "e", holds: [holdOn(lease, 100n)], cost: 60n, now: NOON };
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => ledger.settle(settlement)));
    expect(outcomes.flat().filter(({ kind }) => kind === "settled")).toHaveLength(1);
    expect(outcomes.flat().filter(({ kind }) => kind === "duplicate")).toHaveLength(9);
    expect(await booksOf(ledger, "b")).toEqual({ settled: 60n, leased: 100n, overrun: 0n });
  });

  it("charges the whole cost to each budget that is held against, once for several holds of one budget", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    await ledger.putBudget(dayBudget("c", 1_000n, BudgetWindow.MONTH));
    const first = await granted(ask(ledger, "b", "l1", 100n));
    const second = await granted(ask(ledger, "b", "l2", 100n));
    const other = await granted(ask(ledger, "c", "l3", 100n));
    const holds = [holdOn(first, 30n), holdOn(second, 30n), holdOn(other, 50n)];
    await ledger.settle({ eventId: "e", holds, cost: 50n, now: NOON });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 50n, leased: 140n, overrun: 0n });
    expect(await booksOf(ledger, "c")).toEqual({ settled: 50n, leased: 50n, overrun: 0n });
  });

  it("charges a budget only its own part of a cost where one is told", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    await ledger.putBudget(dayBudget("c", 1_000n));
    const [first, second] = [await granted(ask(ledger, "b", "l1", 100n)), await granted(ask(ledger, "c", "l2", 100n))];
    const holds = [holdOn(first, 100n), holdOn(second, 100n)];
    const outcomes = await ledger.settle({ eventId: "e", holds, cost: 90n, costByBudget: new Map([["c", 0n]]), now: NOON });
    expect(outcomes.map(({ budgetId, charged }) => [budgetId, charged])).toEqual([["b", 90n], ["c", 0n]]);
    expect(await booksOf(ledger, "c")).toEqual({ settled: 0n, leased: 0n, overrun: 0n });
    await expect(ledger.settle({ eventId: "f", holds, cost: 1n, costByBudget: new Map([["b", -1n]]), now: NOON })).rejects.toThrow(RangeError);
  });

  it("frees a returned rest once and never more than the lease still holds", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 50n)], cost: 50n, now: NOON });
    const back = { budgetId: "b", leaseId: "l" };
    expect(await ledger.returnLease({ ...back, unused: 100n })).toBe(100n);
    expect(await ledger.returnLease({ ...back, unused: 100n })).toBe(0n);
    expect(await booksOf(ledger, "b")).toEqual({ settled: 50n, leased: 50n, overrun: 0n });
    await granted(ask(ledger, "b", "m", 200n));
    expect(await ledger.returnLease({ budgetId: "b", leaseId: "m", unused: 5_000n })).toBe(200n);
    expect(await ledger.returnLease({ budgetId: "b", leaseId: "unknown", unused: 5n })).toBe(0n);
    expect(await ledger.returnLease({ budgetId: "unknown", leaseId: "l", unused: 5n })).toBe(0n);
    expect(await booksOf(ledger, "b")).toEqual({ settled: 50n, leased: 50n, overrun: 0n });
  });

  it("releases what is left of a lease once its hold time has passed, and not before", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 50n)], cost: 10n, now: NOON });
    expect(await ledger.sweep(AFTER_HOLD - 1)).toEqual({ leases: 0, amount: 0n });
    expect(await ledger.sweep(AFTER_HOLD)).toEqual({ leases: 1, amount: 150n });
    expect(await ledger.sweep(AFTER_HOLD)).toEqual({ leases: 0, amount: 0n });
    expect(await ledger.returnLease({ budgetId: "b", leaseId: "l", unused: 150n })).toBe(0n);
    expect(await booksOf(ledger, "b")).toEqual({ settled: 10n, leased: 0n, overrun: 0n });
  });

  it("sweeps many leases at once", async () => {
    await ledger.putBudget(dayBudget("b", 1_000_000n));
    await Promise.all(Array.from({ length: 1_201 }, (_, each) => ask(ledger, "b", `l${each}`, 10n)));
    expect(await ledger.sweep(AFTER_HOLD)).toEqual({ leases: 1_201, amount: 12_010n });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 0n, leased: 0n, overrun: 0n });
  });

  it("charges a request that is settled after the sweep where there is room, and the rest as overrun", async () => {
    await ledger.putBudget(dayBudget("b", 400n));
    const lease = await granted(ask(ledger, "b", "l", 100n));
    await ledger.sweep(AFTER_HOLD);
    const filling = await granted(ask(ledger, "b", "m", 370n));
    await ledger.settle({ eventId: "f", holds: [holdOn(filling, 370n)], cost: 370n, now: NOON });
    const [late] = await ledger.settle({ eventId: "e", holds: [holdOn(lease, 100n)], cost: 100n, now: NOON });
    expect(late).toEqual({ budgetId: "b", kind: "settled", charged: 30n, overrun: 70n });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 400n, leased: 0n, overrun: 70n });
  });

  it("charges what a request cost above its hold only where there is room", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    const lease = await granted(ask(ledger, "b", "l", 60n));
    await granted(ask(ledger, "b", "m", 30n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 60n)], cost: 75n, now: NOON });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 70n, leased: 30n, overrun: 5n });
  });

  it("does not let a hold take more than its lease has", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    const lease = await granted(ask(ledger, "b", "l", 50n));
    await granted(ask(ledger, "b", "m", 40n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 90n)], cost: 90n, now: NOON });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 60n, leased: 40n, overrun: 30n });
  });

  it("refuses with what is left, what may come back, and the end of the window", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    await granted(ask(ledger, "b", "l", 90n));
    expect(await ask(ledger, "b", "m", 20n)).toEqual({
      kind: "refused",
      remaining: 10n,
      leased: 90n,
      windowEnd: Date.parse("2026-03-05T00:00:00Z"),
    });
    expect((await ask(ledger, "b", "n", 10n)).kind).toBe("granted");
  });

  it("refuses everything for a limit of zero, also for a minimum of zero", async () => {
    await ledger.putBudget(dayBudget("b", 0n));
    expect(await ask(ledger, "b", "l", 0n)).toMatchObject({ kind: "refused", remaining: 0n, leased: 0n });
  });

  it("grants nothing while a lowered limit is below what is gone, and keeps what is settled", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    await ledger.putBudget(dayBudget("b", 50n));
    expect(await ask(ledger, "b", "m", 1n)).toMatchObject({ kind: "refused", remaining: -150n, leased: 200n });
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 200n)], cost: 230n, now: NOON });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 200n, leased: 0n, overrun: 30n });
  });

  it("keeps an overrun from being granted again", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    const lease = await granted(ask(ledger, "b", "l", 10n));
    await granted(ask(ledger, "b", "m", 90n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 10n)], cost: 40n, now: NOON });
    await ledger.returnLease({ budgetId: "b", leaseId: "m", unused: 90n });
    expect(await ask(ledger, "b", "n", 61n)).toMatchObject({ kind: "refused", remaining: 60n });
  });

  it("knows neither leases nor holds of unknown budgets, nor of those that bound single requests", async () => {
    await ledger.putBudget(dayBudget("single", 1_000n, BudgetWindow.REQUEST));
    expect(await ask(ledger, "single", "l", 1n)).toEqual({ kind: "unknown_budget" });
    expect(await ask(ledger, "none", "l", 1n)).toEqual({ kind: "unknown_budget" });
    expect(await ask(ledger, "{a}:b", "l", 1n)).toEqual({ kind: "unknown_budget" });
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 10n));
    await ledger.deleteBudget("b", NOON);
    const [outcome] = await ledger.settle({ eventId: "e", holds: [holdOn(lease, 10n)], cost: 5n, now: NOON });
    expect(outcome?.kind).toBe("unknown_budget");
    await ledger.putBudget(dayBudget("b", 1_000n));
    expect(await booksOf(ledger, "b")).toEqual({ settled: 0n, leased: 0n, overrun: 0n });
  });

  it("starts anew in the next window while holds of the last one settle there", async () => {
    const tomorrow = NOON + 86_400_000;
    await ledger.putBudget(dayBudget("b", 100n));
    const lease = await granted(ask(ledger, "b", "l", 100n));
    expect((await ask(ledger, "b", "m", 100n, tomorrow)).kind).toBe("granted");
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 100n)], cost: 70n, now: tomorrow });
    expect(await booksOf(ledger, "b")).toEqual({ settled: 70n, leased: 0n, overrun: 0n });
    expect(await booksOf(ledger, "b", tomorrow)).toEqual({ settled: 0n, leased: 100n, overrun: 0n });
  });

  it("fences a holder that stood still: its lease gives nothing back and its holds are worth only what room there is", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    const stale = await granted(ask(ledger, "b", "l1", 100n));
    await ledger.sweep(AFTER_HOLD);
    await granted(ask(ledger, "b", "l2", 70n, AFTER_HOLD));
    expect(await ledger.returnLease({ budgetId: "b", leaseId: "l1", unused: 100n })).toBe(0n);
    const [outcome] = await ledger.settle({ eventId: "e", holds: [holdOn(stale, 90n)], cost: 90n, now: AFTER_HOLD });
    expect(outcome).toMatchObject({ charged: 30n, overrun: 60n });
    expect(await booksOf(ledger, "b", AFTER_HOLD)).toEqual({ settled: 30n, leased: 70n, overrun: 60n });
  });

  it("extends nothing when the same lease is asked for again later", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    await granted(ask(ledger, "b", "l1", 100n));
    await granted(ask(ledger, "b", "l1", 100n, AFTER_HOLD - 1));
    expect(await ledger.sweep(AFTER_HOLD)).toEqual({ leases: 1, amount: 100n });
  });

  it("says how long a lease's window lasts by its own clock, whatever a holder's clock says", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n, BudgetWindow.HOUR));
    const at = async (leaseId: string, now: number) => Number((await granted(ask(ledger, "b", leaseId, 10n, now))).windowEndsIn?.seconds);
    expect(await at("l1", NOON)).toBe(3_600);
    expect(await at("l2", NOON + 3_300_000)).toBe(300);
    expect(await at("l2", NOON + 3_900_000)).toBe(0);
  });

  it("fences the leases of a budget that was removed and put again", async () => {
    await ledger.putBudget(dayBudget("b", 100n));
    const old = await granted(ask(ledger, "b", "l1", 100n));
    await ledger.deleteBudget("b", NOON);
    await ledger.putBudget(dayBudget("b", 50n));
    const [outcome] = await ledger.settle({ eventId: "e", holds: [holdOn(old, 80n)], cost: 80n, now: NOON });
    expect(outcome).toMatchObject({ charged: 50n, overrun: 30n });
  });

  it("gives the same lease to the same name again", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const first = await granted(ask(ledger, "b", "l", 100n));
    expect(await granted(ask(ledger, "b", "l", 200n))).toEqual(first);
    expect((await booksOf(ledger, "b")).leased).toBe(100n);
  });

  it("sizes leases by the rule, exactly, up to the largest amounts", async () => {
    const amount = fc.oneof(
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      fc.bigInt({ min: 0n, max: 2_000_000_000n }),
      fc.bigInt({ min: 9_007_199_254_740_900n, max: 9_007_199_254_741_100n }),
    );
    let each = 0;
    await fc.assert(
      fc.asyncProperty(amount, amount, amount, async (limit, minimum, wanted) => {
        const id = `b${each++}`;
        await ledger.putBudget(dayBudget(id, limit));
        for (let remaining = limit, round = 0; round < 3; round++) {
          const share = sizeLease(remaining, minimum, wanted);
          const outcome = await ask(ledger, id, `l${round}`, wanted, NOON, minimum);
          if (share === 0n) expect(outcome).toMatchObject({ kind: "refused", remaining });
          else expect(outcome).toMatchObject({ kind: "granted", lease: { amountNanoUsd: share } });
          remaining -= share;
          expect((await booksOf(ledger, id)).leased).toBe(limit - remaining);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("refuses amounts that would upset the books", async () => {
    await expect(ledger.settle({ eventId: "e", holds: [], cost: -1n, now: NOON })).rejects.toThrow(RangeError);
    await expect(ledger.settle({ eventId: "e", holds: [], cost: 10n ** 18n + 1n, now: NOON })).rejects.toThrow(RangeError);
  });

  it("has everything again after it was closed and opened", async () => {
    await ledger.putBudget(dayBudget("b", 1_000n));
    const lease = await granted(ask(ledger, "b", "l", 200n));
    await ledger.settle({ eventId: "e", holds: [holdOn(lease, 50n)], cost: 40n, now: NOON });
    await state.close();
    state = await driver.open(name, { rememberMs: 3_600_000 });
    const [again] = await state.ledger.settle({ eventId: "e", holds: [holdOn(lease, 50n)], cost: 40n, now: NOON });
    expect(again?.kind).toBe("duplicate");
    expect(await booksOf(state.ledger, "b")).toEqual({ settled: 40n, leased: 150n, overrun: 0n });
    expect(await state.ledger.sweep(AFTER_HOLD)).toEqual({ leases: 1, amount: 150n });
  });
});
