import { createHash } from "node:crypto";
import { type Budget, BudgetWindow, type Hold, type Lease } from "@fairlead/contracts/cost/v1/budget";
import { windowStart } from "@fairlead/decision/cost/budget-window";
import type { BudgetLedger, Settlement } from "../src/budget-ledger.ts";
import { ask, booksOf, dayBudget, HOLD_MS, holdOn, NOON, VALID_MS } from "./ledger-fixture.ts";
import { SeededRandom } from "./seeded-random.ts";
import { unlessDown } from "./unless-down.ts";

/** A ledger as replicas of cost-optimizer see it; each has a clock of its own. */
export interface SimulatedStore {
  /** The ledger at a replica. */
  ledger(replica: number): BudgetLedger;
  readonly replicas: number;
  /** Ends the store at once and starts it again with what it had answered. */
  restart(): Promise<void>;
}

/** What went on in a schedule. */
export type Counts = Record<(typeof COUNTED)[number], number>;

/** What a schedule came to. */
export interface ScheduleResult {
  /** Digest of the trace: the same for the same seed. */
  readonly digest: string;
  readonly trace: readonly string[];
  readonly counts: Counts;
}

const COUNTED = [
  "grants",
  "refusals",
  "settlements",
  "duplicates",
  "late",
  "lost",
  "crashes",
  "fenced",
  "jumps",
  "restarts",
] as const;
const JUMP_MS = 300_000;

interface HeldLease {
  readonly lease: Lease;
  readonly expires: number;
  free: bigint;
}

/** A request that is being executed: its holds, and the event that will tell its cost. */
interface Flight {
  readonly settlement: Omit<Settlement, "now">;
  readonly endsAt: number;
  /** When the sweep may take its first hold. */
  readonly dueAt: number;
}

type Operation = readonly [upTo: number, run: () => Promise<void>];

/**
 * Some routers on a ledger, by a schedule of faults that a seed determines. Routers lease, hold, crash with leases and
 * requests, go on after a stop without noticing that their leases are over, and return twice; events of costs come late, out
 * of order, twice at once, above their holds, or never; the clocks of replicas jump by five minutes; the ledger restarts.
 *
 * After every step it is looked at whether a budget was passed, and at the end whether a hold is left over and each cost
 * that arrived is in the books once.
 */
export class Schedule {
  readonly #random: SeededRandom;
  readonly #store: SimulatedStore;
  readonly #seed: number;
  readonly #budgets: readonly Budget[];
  readonly #routers: { leases: HeldLease[] }[];
  readonly #offsets: number[];
  readonly #trace: string[] = [];
  readonly #counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
  /** A time in each window that may have books, by budget and start of the window. */
  readonly #windows = new Map<string, { budget: Budget; at: number }>();
  readonly #charged = new Map<string, bigint>();
  readonly #operations: readonly Operation[];
  #flights: Flight[] = [];
  #settled: Flight[] = [];
  #now: number;
  #names = 0;

  constructor(store: SimulatedStore, seed: number) {
    this.#random = new SeededRandom(seed);
    this.#store = store;
    this.#seed = seed;
    this.#now = NOON + this.#random.below(3_600_000);
    this.#routers = Array.from({ length: 2 + this.#random.below(4) }, () => ({ leases: [] }));
    this.#offsets = Array.from({ length: store.replicas }, () => 0);
    const limit = () => BigInt(1_000 + this.#random.below(12_000));
    this.#budgets = [
      dayBudget(`s${seed}-hour`, limit(), BudgetWindow.HOUR),
      dayBudget(`s${seed}-day`, limit(), BudgetWindow.DAY),
      dayBudget(`s${seed}-month`, 10n ** 18n, BudgetWindow.MONTH),
    ];
    this.#operations = [
      [0.28, () => this.#acquire()],
      [0.55, () => this.#startRequest()],
      [0.78, () => this.#finishRequest()],
      [0.84, () => this.#repeatEvent()],
      [0.89, () => this.#returnLease()],
      [0.92, () => this.#crash()],
      [0.95, () => this.#jump()],
      [0.98, () => this.#sweep()],
      [1, () => this.#restart()],
    ];
  }

  /** @throws Error that names the seed, the step and what went on when an invariant does not hold */
  async run(steps: number): Promise<ScheduleResult> {
    for (const budget of this.#budgets) await this.#ledger(0).putBudget(budget);
    for (let step = 0; step < steps; step++) {
      const together = Array.from({ length: 1 + this.#random.below(4) }, () => this.#draw());
      await Promise.all(together.map((run) => run()));
      // Now and then everything stands still for longer than holds last.
      this.#now += this.#random.below(this.#random.share() < 0.06 ? 2 * (VALID_MS + HOLD_MS) : 12_000);
      await this.#inspect();
    }
    await this.#end();
    const digest = createHash("sha256").update(this.#trace.join("\n")).digest("hex").slice(0, 16);
    return { digest, trace: this.#trace, counts: this.#counts };
  }

  #draw(): () => Promise<void> {
    const choice = this.#random.share();
    const found = this.#operations.find(([upTo]) => choice < upTo) ?? this.#operations[0];
    return (found as Operation)[1];
  }

  async #acquire(): Promise<void> {
    const router = this.#random.pick(this.#routers);
    const budget = this.#random.pick(this.#budgets) as Budget;
    const [replica, now] = this.#replica();
    const wanted = BigInt(this.#random.below(8_000));
    const leaseId = this.#name("l");
    const asked = this.#now;
    const again = this.#random.share() < 0.1;
    const acquire = (at: number) =>
      unlessDown(() => ask(this.#ledger(at), budget.budgetId, leaseId, wanted, now, wanted / 4n));
    const outcome = await acquire(replica);
    // An answer that was lost on the way is asked for again under the same name; one that never comes leaves a lease to expire.
    const same = again ? await acquire(0) : outcome;
    if (outcome?.kind === "granted") this.#touch(budget, Number(outcome.lease.windowStart?.seconds) * 1_000);
    else this.#touch(budget, now);
    if (outcome === undefined || same === undefined) return this.#count("lost", leaseId);
    if (outcome.kind !== "granted") return this.#count("refusals", `${leaseId} ${budget.budgetId}`);
    if (same.kind !== "granted" || same.lease.amountNanoUsd !== outcome.lease.amountNanoUsd)
      this.#fail(`${leaseId} was granted twice`);
    this.#count("grants", `${leaseId} ${budget.budgetId} ${outcome.lease.amountNanoUsd}`);
    router?.leases.push({ lease: outcome.lease, expires: asked + VALID_MS, free: outcome.lease.amountNanoUsd });
  }

  async #startRequest(): Promise<void> {
    const router = this.#random.pick(this.#routers);
    // One that was stopped goes on with leases that are over; the ledger must not follow it.
    const unaware = this.#random.share() < 0.1;
    const usable = router?.leases.filter(({ expires, free }) => (unaware || expires > this.#now) && free > 0n) ?? [];
    const some = usable.slice(0, 1 + this.#random.below(3));
    const holds: Hold[] = some.map((held) => {
      const amount = held.free < 2_000n ? held.free : BigInt(1 + this.#random.below(2_000));
      held.free -= amount;
      return holdOn(held.lease, amount);
    });
    if (holds.length === 0) return;
    if (some.some(({ expires }) => expires + HOLD_MS <= this.#now)) this.#count("fenced", "");
    const worst = holds.reduce((most, hold) => (hold.amountNanoUsd > most ? hold.amountNanoUsd : most), 0n);
    const above = this.#random.share() < 0.05 ? 3n : 1n;
    const cost = (worst * above * BigInt(this.#random.below(101))) / 100n;
    const lasts = this.#random.share() < 0.1 ? 2 * (VALID_MS + HOLD_MS) : this.#random.below(40_000);
    const dueAt = Math.min(...some.map(({ expires }) => expires)) + HOLD_MS;
    this.#flights.push({ settlement: { eventId: this.#name("e"), holds, cost }, endsAt: this.#now + lasts, dueAt });
  }

  async #finishRequest(): Promise<void> {
    const flight = this.#random.pick(this.#flights.filter(({ endsAt }) => endsAt <= this.#now));
    if (flight === undefined) return;
    this.#flights = this.#flights.filter((other) => other !== flight);
    if (this.#random.share() < 0.05) return this.#count("lost", flight.settlement.eventId);
    await this.#settleFirst(flight);
  }

  async #settleFirst(flight: Flight): Promise<void> {
    const { eventId, holds, cost } = flight.settlement;
    this.#settled.push(flight);
    for (const budgetId of new Set(holds.map((hold) => hold.budgetId))) {
      this.#charged.set(budgetId, (this.#charged.get(budgetId) ?? 0n) + cost);
    }
    if (this.#now >= flight.dueAt) this.#count("late", eventId);
    const times = this.#random.share() < 0.15 ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.#settle(flight)));
    this.#count("settlements", `${eventId} ${cost}`);
  }

  async #repeatEvent(): Promise<void> {
    const flight = this.#random.pick(this.#settled);
    if (flight === undefined) return;
    await this.#settle(flight);
    this.#count("duplicates", flight.settlement.eventId);
  }

  async #settle({ settlement }: Flight): Promise<void> {
    const [replica, now] = this.#replica();
    for (const { budgetId, windowStartUnixSeconds } of settlement.holds) {
      const budget = this.#budgets.find((one) => one.budgetId === budgetId) as Budget;
      this.#touch(budget, Math.min(Number(windowStartUnixSeconds) * 1_000, now));
    }
    // The bus brings an event again until it is taken.
    while ((await unlessDown(() => this.#ledger(replica).settle({ ...settlement, now }))) === undefined);
  }

  async #returnLease(): Promise<void> {
    const router = this.#random.pick(this.#routers);
    const held = this.#random.pick(router?.leases ?? []);
    if (router === undefined || held === undefined) return;
    const back = { budgetId: held.lease.budgetId, leaseId: held.lease.leaseId, unused: held.free };
    held.free = 0n;
    // Half of them forget that they did, and return it again.
    if (this.#random.share() < 0.5) router.leases = router.leases.filter((other) => other !== held);
    if (this.#random.share() < 0.2) return this.#count("lost", `return ${back.leaseId}`);
    const [replica] = this.#replica();
    await unlessDown(() => this.#ledger(replica).returnLease(back));
  }

  /** Its leases are never returned, and half of the requests under way never tell what they cost. */
  async #crash(): Promise<void> {
    const router = this.#random.pick(this.#routers);
    if (router !== undefined) router.leases = [];
    this.#flights = this.#flights.filter(() => this.#random.share() < 0.5);
    this.#count("crashes", "");
  }

  async #jump(): Promise<void> {
    const replica = this.#random.below(this.#store.replicas);
    this.#offsets[replica] = this.#offsets[replica] === 0 ? (this.#random.share() < 0.5 ? JUMP_MS : -JUMP_MS) : 0;
    this.#count("jumps", `${replica} ${this.#offsets[replica]}`);
  }

  async #sweep(): Promise<void> {
    const [replica, now] = this.#replica();
    await unlessDown(() => this.#ledger(replica).sweep(now));
  }

  async #restart(): Promise<void> {
    await this.#store.restart();
    this.#count("restarts", "");
  }

  async #inspect(): Promise<void> {
    const now = this.#now;
    const states = await this.#ledger(0).states(
      now,
      this.#budgets.map(({ budgetId }) => budgetId),
    );
    for (const { budget, settledNanoUsd, leasedNanoUsd, overrunNanoUsd } of states) {
      if (settledNanoUsd < 0n || leasedNanoUsd < 0n || overrunNanoUsd < 0n)
        this.#fail(`${budget?.budgetId} has less than nothing`);
      if (settledNanoUsd + leasedNanoUsd > (budget?.limitNanoUsd ?? 0n)) this.#fail(`${budget?.budgetId} was passed`);
    }
  }

  /** Half of the events that are still on their way arrive; all hold times pass; then the others arrive. */
  async #end(): Promise<void> {
    const half = this.#flights.splice(0, Math.ceil(this.#flights.length / 2));
    for (const flight of half) await this.#settleFirst(flight);
    this.#now += JUMP_MS + VALID_MS + HOLD_MS;
    await this.#ledger(0).sweep(this.#now);
    for (const flight of this.#flights.splice(0)) await this.#settleFirst(flight);
    const spent = new Map<string, bigint>();
    for (const { budget, at } of this.#windows.values()) {
      const books = await booksOf(this.#ledger(0), budget.budgetId, at);
      if (books.settled > budget.limitNanoUsd) this.#fail(`${budget.budgetId} was passed`);
      if (books.leased !== 0n) this.#fail(`${budget.budgetId} has a hold left over`);
      spent.set(budget.budgetId, (spent.get(budget.budgetId) ?? 0n) + books.settled + books.overrun);
    }
    for (const { budgetId } of this.#budgets) {
      const [books, charged] = [spent.get(budgetId) ?? 0n, this.#charged.get(budgetId) ?? 0n];
      if (books !== charged) this.#fail(`${budgetId} has ${books} in its books for costs of ${charged}`);
      this.#trace.push(`end ${budgetId} ${books}`);
    }
    for (const { budgetId } of this.#budgets) await this.#ledger(0).deleteBudget(budgetId, this.#now);
  }

  #touch(budget: Budget, at: number): void {
    this.#windows.set(`${budget.budgetId}/${windowStart(budget.window, at)}`, { budget, at });
  }

  #count(what: keyof Counts, detail: string): void {
    this.#counts[what] += 1;
    this.#trace.push(`${this.#now - NOON} ${what} ${detail}`);
  }

  #fail(problem: string): never {
    throw new Error(`seed ${this.#seed}: ${problem}\n${this.#trace.slice(-30).join("\n")}`);
  }

  #name(start: string): string {
    this.#names += 1;
    return `${start}${this.#seed}-${this.#names}`;
  }

  #ledger(replica: number): BudgetLedger {
    return this.#store.ledger(replica);
  }

  /** A replica, and the time by its clock. */
  #replica(): [replica: number, now: number] {
    const replica = this.#random.below(this.#store.replicas);
    return [replica, this.#now + (this.#offsets[replica] ?? 0)];
  }
}
