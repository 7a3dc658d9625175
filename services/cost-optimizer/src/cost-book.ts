import { equals } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, type BudgetState, BudgetStateSchema } from "@fairlead/contracts/cost/v1/budget";
import type { EffectivePrice } from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import { createStateStream, type StateStream } from "@fairlead/runtime/state-stream";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";

/** What watchers are told of: a budget, all prices of one model, or what a target was measured to cost. */
export type CostEntry =
  | { readonly kind: "budget"; readonly state: BudgetState }
  | { readonly kind: "prices"; readonly prices: readonly ModelPrice[] }
  | { readonly kind: "effective"; readonly price: EffectivePrice };

/** What the book needs. */
export interface CostBookPorts {
  readonly ledger: BudgetLedger;
  readonly now: () => number;
  /** Budgets that must always be in the ledger. */
  readonly configured: readonly Budget[];
  /** Adds to a state what the ledger does not know: its level, what is expected, and what was told. */
  readonly complete: (state: BudgetState) => BudgetState;
  readonly refreshMs: number;
}

/** The newest state of all budgets, as read from the ledger, with the prices beside it; what watchers follow. */
export class CostBook {
  readonly stream: StateStream<string, CostEntry>;
  readonly #ports: CostBookPorts;
  readonly #budgets = new Map<string, BudgetState>();
  readonly #dirty = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();
  #put = false;
  #ids: readonly string[] | undefined;
  #readAt: number | undefined;

  constructor(ports: CostBookPorts) {
    this.#ports = ports;
    this.stream = createStateStream({ intervalMs: ports.refreshMs });
  }

  /** When all budgets were read last, in unix milliseconds; undefined while they never were. */
  readAt(): number | undefined {
    return this.#readAt;
  }

  /** A budget's newest state. */
  budget(budgetId: string): BudgetState | undefined {
    return this.#budgets.get(budgetId);
  }

  /** States of all budgets, by id. */
  budgets(): BudgetState[] {
    this.#ids ??= [...this.#budgets.keys()].sort();
    return this.#ids.map((budgetId) => this.#budgets.get(budgetId)).filter((state) => state !== undefined);
  }

  /** Notes that a budget's state has changed, to be read at the next refresh. */
  touch(budgetId: string): void {
    if (this.#budgets.has(budgetId)) this.#dirty.add(budgetId);
  }

  /** Tells the prices of a model. */
  setPrices(key: string, prices: readonly ModelPrice[]): void {
    this.stream.set(`prices/${key}`, { kind: "prices", prices });
  }

  /** Tells what a target was measured to cost. */
  setEffectivePrice(key: string, price: EffectivePrice): void {
    this.stream.set(`effective/${key}`, { kind: "effective", price });
  }

  /** Reads all budgets, and puts the configured ones where they are missing. Rejects with StateError. */
  readAll(): Promise<void> {
    return this.#serial(async () => {
      const { ledger, now, configured } = this.#ports;
      if (!this.#put) {
        for (const budget of configured) await ledger.putBudget(budget);
        this.#put = true;
      }
      this.#dirty.clear();
      let states = await ledger.states(now());
      const there = new Set(states.map(({ budget }) => budget?.budgetId));
      // A store that lost what it had must not make spending free.
      const lost = configured.filter(({ budgetId }) => !there.has(budgetId));
      for (const budget of lost) await ledger.putBudget(budget);
      if (lost.length > 0) states = await ledger.states(now());
      this.#take(states);
      const kept = new Set(states.map(({ budget }) => budget?.budgetId));
      for (const id of this.#budgets.keys()) if (!kept.has(id)) this.#forget(id, false);
      this.#readAt = now();
    });
  }

  /** Reads the budgets that were touched. Rejects with StateError. */
  readTouched(): Promise<void> {
    if (this.#dirty.size === 0) return Promise.resolve();
    return this.#serial(async () => {
      const ids = [...this.#dirty];
      this.#dirty.clear();
      try {
        this.#take(await this.#ports.ledger.states(this.#ports.now(), ids));
      } catch (error) {
        for (const id of ids) this.#dirty.add(id);
        throw error;
      }
    });
  }

  /** Reads one budget that was put or deleted just now, and tells watchers at once. Rejects with StateError. */
  readNow(budgetId: string): Promise<BudgetState | undefined> {
    return this.#serial(async () => {
      const states = await this.#ports.ledger.states(this.#ports.now(), [budgetId]);
      this.#take(states, true);
      if (states.length === 0) this.#forget(budgetId, true);
      return this.#budgets.get(budgetId);
    });
  }

  /** One reading after the other, so that an older one never takes the place of a newer one. */
  #serial<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  #take(states: readonly BudgetState[], urgent = false): void {
    for (const read of states) {
      const state = this.#ports.complete(read);
      const id = state.budget?.budgetId ?? "";
      const known = this.#budgets.get(id);
      if (known !== undefined && equals(BudgetStateSchema, known, state)) continue;
      // Whoever remembers something about a budget can see that it is the same one.
      if (
        known?.budget !== undefined &&
        state.budget !== undefined &&
        equals(BudgetSchema, known.budget, state.budget)
      ) {
        state.budget = known.budget;
      }
      if (known === undefined) this.#ids = undefined;
      this.#budgets.set(id, state);
      // A level is what routers act on, so that it does not wait for other changes.
      const pressing = urgent || (known !== undefined && known.level !== state.level);
      this.stream.set(`budget/${id}`, { kind: "budget", state }, { urgent: pressing });
    }
  }

  #forget(budgetId: string, urgent: boolean): void {
    if (!this.#budgets.delete(budgetId)) return;
    this.#ids = undefined;
    this.stream.delete(`budget/${budgetId}`, { urgent });
  }
}

/** The id of a budget that the stream says is gone; undefined for another key. */
export function removedBudgetId(key: string): string | undefined {
  return key.startsWith("budget/") ? key.slice("budget/".length) : undefined;
}
