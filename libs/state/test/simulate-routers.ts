import { type Budget, BudgetWindow, type Hold, type Lease } from "@fairlead/contracts/cost/v1/budget";
import type { BudgetLedger, Settlement } from "../src/budget-ledger.ts";
import { ask, dayBudget, HOLD_MS, holdOn, NOON, VALID_MS } from "./ledger-fixture.ts";

interface HeldLease {
  readonly lease: Lease;
  readonly expires: number;
  free: bigint;
}

interface Router {
  leases: HeldLease[];
}

/** A request that is being executed: its holds, and the event that will tell its cost. */
interface Flight {
  readonly settlement: Omit<Settlement, "now">;
  readonly endsAt: number;
  /** When the sweep may take its first hold. */
  readonly dueAt: number;
}

/** Reads the books after each step. */
export type Inspect = (now: number) => Promise<void>;

/** Random numbers in 0..1 from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const SIMULATED_BUDGETS: readonly Budget[] = [
  dayBudget("hour", 40_000n, BudgetWindow.HOUR),
  dayBudget("day", 200_000n, BudgetWindow.DAY),
  dayBudget("huge", 10n ** 18n, BudgetWindow.MONTH),
];

/**
 * Several routers on a ledger: they lease, hold, return twice, crash with leases and flights, and events of costs come
 * in any order, doubled, long after the sweep, and above their holds.
 */
export class Simulation {
  readonly #random: () => number;
  readonly #ledgers: readonly BudgetLedger[];
  readonly #routers: Router[] = Array.from({ length: 5 }, () => ({ leases: [] }));
  #flights: Flight[] = [];
  #settled: Flight[] = [];
  #now = NOON;
  #names = 0;
  /** Cost of each event by budget, counted once: what settled and overrun must add up to over all windows. */
  readonly charged = new Map<string, bigint>();
  /** What went on. */
  readonly counts = { grants: 0, refusals: 0, settlements: 0, duplicates: 0, late: 0, crashes: 0 };

  constructor(ledgers: readonly BudgetLedger[], seed: number) {
    this.#ledgers = ledgers;
    this.#random = seededRandom(seed);
  }

  /** Does `steps` batches of up to six operations at the same time, and looks at the books after each. */
  async run(steps: number, inspect: Inspect): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const operations = Array.from({ length: 1 + this.#below(6) }, () => this.#operate());
      await Promise.all(operations);
      this.#now += this.#below(8_000);
      await inspect(this.#now);
    }
  }

  /** Lets all hold times pass and sweeps. */
  async end(inspect: Inspect): Promise<void> {
    this.#now += VALID_MS + HOLD_MS;
    await this.#ledger().sweep(this.#now);
    await inspect(this.#now);
  }

  #operate(): Promise<unknown> {
    const choice = this.#random();
    if (choice < 0.3) return this.#acquire();
    if (choice < 0.6) return this.#startRequest();
    if (choice < 0.85) return this.#finishRequest();
    if (choice < 0.9) return this.#repeatEvent();
    if (choice < 0.95) return this.#returnLease();
    if (choice < 0.97) return this.#crash();
    return this.#ledger().sweep(this.#now);
  }

  async #acquire(): Promise<void> {
    const router = this.#pick(this.#routers);
    const budget = this.#pick(SIMULATED_BUDGETS) as Budget;
    const now = this.#now;
    const wanted = BigInt(this.#below(20_000));
    const outcome = await ask(this.#ledger(), budget.budgetId, this.#name("l"), wanted, now, wanted / 4n);
    if (outcome.kind !== "granted") return void this.counts.refusals++;
    this.counts.grants++;
    router?.leases.push({ lease: outcome.lease, expires: now + VALID_MS, free: outcome.lease.amountNanoUsd });
  }

  async #startRequest(): Promise<void> {
    const router = this.#pick(this.#routers);
    const valid = router?.leases.filter((held) => held.expires > this.#now && held.free > 0n) ?? [];
    const holds: Hold[] = [];
    for (const held of valid.slice(0, 1 + this.#below(3))) {
      const amount = held.free < 2_000n ? held.free : BigInt(1 + this.#below(2_000));
      held.free -= amount;
      holds.push(holdOn(held.lease, amount));
    }
    if (holds.length === 0) return;
    const worst = holds.reduce((most, hold) => (hold.amountNanoUsd > most ? hold.amountNanoUsd : most), 0n);
    const above = this.#random() < 0.05 ? 3n : 1n;
    const cost = (worst * above * BigInt(this.#below(101))) / 100n;
    const lasts = this.#random() < 0.05 ? 2 * (VALID_MS + HOLD_MS) : this.#below(60_000);
    const dueAt = Math.min(...valid.map((held) => held.expires)) + HOLD_MS;
    this.#flights.push({ settlement: { eventId: this.#name("e"), holds, cost }, endsAt: this.#now + lasts, dueAt });
  }

  async #finishRequest(): Promise<void> {
    const ended = this.#flights.filter((flight) => flight.endsAt <= this.#now);
    const flight = this.#pick(ended);
    if (flight === undefined) return;
    this.#flights = this.#flights.filter((other) => other !== flight);
    this.#settled.push(flight);
    if (this.#settled.length > 200) this.#settled.shift();
    for (const budgetId of new Set(flight.settlement.holds.map((hold) => hold.budgetId))) {
      this.charged.set(budgetId, (this.charged.get(budgetId) ?? 0n) + flight.settlement.cost);
    }
    if (this.#now >= flight.dueAt) this.counts.late++;
    await this.#settle(flight, "settlements");
  }

  async #repeatEvent(): Promise<void> {
    const flight = this.#pick(this.#settled);
    if (flight !== undefined) await this.#settle(flight, "duplicates");
  }

  async #settle(flight: Flight, count: "settlements" | "duplicates"): Promise<void> {
    this.counts[count]++;
    await this.#ledger().settle({ ...flight.settlement, now: this.#now });
  }

  async #returnLease(): Promise<void> {
    const router = this.#pick(this.#routers);
    const held = this.#pick(router?.leases ?? []);
    if (router === undefined || held === undefined) return;
    const back = { budgetId: held.lease.budgetId, leaseId: held.lease.leaseId, unused: held.free };
    held.free = 0n;
    if (this.#random() < 0.5) router.leases = router.leases.filter((other) => other !== held);
    await this.#ledger().returnLease(back);
  }

  /** Its leases are never returned, and some of the requests under way never tell what they cost. */
  async #crash(): Promise<void> {
    this.counts.crashes++;
    const router = this.#pick(this.#routers);
    if (router !== undefined) router.leases = [];
    this.#flights = this.#flights.filter(() => this.#random() < 0.95);
  }

  #name(start: string): string {
    this.#names += 1;
    return `${start}${this.#names}`;
  }

  #ledger(): BudgetLedger {
    return this.#ledgers[this.#below(this.#ledgers.length)] as BudgetLedger;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values[this.#below(values.length)];
  }
}
