import { create } from "@bufbuild/protobuf";
import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import { type Budget, type Hold, HoldSchema, type Lease } from "@fairlead/contracts/cost/v1/budget";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Client } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { FairleadError, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";

/** What the leases need. */
export interface BudgetLeaseSettings {
  readonly cost: Client<typeof CostService>;
  /** Unique for this run of this process. */
  readonly holder: string;
  readonly tools: ServiceTools;
  /** Milliseconds to wait for room that outstanding requests may give back. */
  readonly waitMs: number;
}

/** What a request reserves. */
export interface ReservationRequest {
  readonly budgets: readonly Budget[];
  /** The least that is of use, in nano-dollars. */
  readonly least: bigint;
  /** The most that can be of use, in nano-dollars. */
  readonly wanted: bigint;
  readonly signal: AbortSignal;
  /** Unix milliseconds by which the request must have ended. */
  readonly deadline: number | undefined;
}

/** What was reserved. */
export interface Reservation {
  readonly amount: bigint;
  readonly holds: readonly Hold[];
  /** Gives it back; only while nothing was asked of a provider for it. */
  release(): void;
}

/** A lease as it stands here. */
interface Pot {
  readonly leaseId: string;
  readonly windowStartMs: number;
  /** On the monotonic clock, so that a clock that is set makes no lease longer; never past the end of its window. */
  readonly validUntil: number;
  left: bigint;
  usedAt: number;
  /** True when the ledger had less than one request wanted. */
  readonly scarce: boolean;
}

/** How many requests a lease should serve before the next is fetched; the ledger gives less near the cap. */
const REQUESTS_PER_LEASE = 64n;
/** A lease is not reserved from in the last part of its time: its holder's clock may run slower than the ledger's. */
const SAFETY_MS = 1_000;
/** Milliseconds after which an unused lease goes back. */
const IDLE_MS = 2_000;
const SWEEP_MS = 500;
const ACQUIRE_MS = 5_000;
const POLL_MS = 50;

/** The shares of budgets that this router may reserve from, and the reserving. */
export class BudgetLeases {
  readonly #settings: BudgetLeaseSettings;
  readonly #pots = new Map<string, Pot>();
  readonly #fetching = new Map<string, Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(settings: BudgetLeaseSettings) {
    this.#settings = settings;
    this.#timer = setInterval(() => this.#sweep(IDLE_MS), SWEEP_MS).unref();
  }

  /**
   * Reserves from every budget, as much as wanted where there is room and never less than the least.
   *
   * @throws FairleadError BUDGET_EXCEEDED where a budget has no room, UNAVAILABLE where the ledger cannot be reached
   */
  async reserve(request: ReservationRequest): Promise<Reservation> {
    const giveUpAt = Math.min(this.#settings.tools.now() + this.#settings.waitMs, request.deadline ?? Number.POSITIVE_INFINITY);
    for (;;) {
      if (request.signal.aborted) throw abortError(request.signal);
      const taken = this.#take(request);
      if (taken !== undefined) return taken;
      try {
        await this.#fill(request);
      } catch (error) {
        await this.#waitForRoom(error, giveUpAt, request.signal);
      }
    }
  }

  /** Gives back all that is not reserved. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#sweep(-1));
  }

  /** Takes from all pots at once, or from none. */
  #take({ budgets, least, wanted }: ReservationRequest): Reservation | undefined {
    const pots: [budget: Budget, pot: Pot][] = [];
    let amount = wanted;
    for (const budget of budgets) {
      const pot = this.#usable(budget);
      if (pot === undefined || !suffices(pot, least, wanted)) return undefined;
      if (pot.left < amount) amount = pot.left;
      pots.push([budget, pot]);
    }
    const now = this.#settings.tools.now();
    const holds = pots.map(([budget, pot]) => {
      pot.left -= amount;
      pot.usedAt = now;
      return create(HoldSchema, {
        leaseId: pot.leaseId,
        budgetId: budget.budgetId,
        windowStartUnixSeconds: BigInt(Math.floor(pot.windowStartMs / 1000)),
        amountNanoUsd: amount,
      });
    });
    return { amount, holds, release: () => pots.forEach(([, pot]) => (pot.left += amount)) };
  }

  #usable(budget: Budget): Pot | undefined {
    const pot = this.#pots.get(budget.budgetId);
    return pot === undefined || performance.now() >= pot.validUntil ? undefined : pot;
  }

  async #fill({ budgets, least, wanted }: ReservationRequest): Promise<void> {
    for (const budget of budgets) {
      const pot = this.#usable(budget);
      if (pot === undefined || !suffices(pot, least, wanted)) await this.#fetchOnce(budget, least, wanted);
    }
  }

  /** Requests that wait for the same budget share one fetch; each looks again afterwards. */
  #fetchOnce(budget: Budget, least: bigint, wanted: bigint): Promise<void> {
    const under = this.#fetching.get(budget.budgetId);
    if (under !== undefined) return under;
    const fetching = this.#fetch(budget, least, wanted).finally(() => this.#fetching.delete(budget.budgetId));
    this.#fetching.set(budget.budgetId, fetching);
    return fetching;
  }

  async #fetch({ budgetId }: Budget, least: bigint, wanted: bigint): Promise<void> {
    const { cost, holder, tools } = this.#settings;
    const askedAt = performance.now();
    const request = { budgetId, holder, minimumNanoUsd: least, wantedNanoUsd: wanted * REQUESTS_PER_LEASE };
    const { lease } = await cost.acquireLease(request, { deadline: tools.now() + ACQUIRE_MS });
    if (lease === undefined) return;
    const old = this.#pots.get(budgetId);
    this.#pots.set(budgetId, {
      leaseId: lease.leaseId,
      windowStartMs: lease.windowStart === undefined ? 0 : timestampDate(lease.windowStart).getTime(),
      validUntil: askedAt + usableMs(lease),
      left: lease.amountNanoUsd,
      usedAt: tools.now(),
      scarce: lease.amountNanoUsd < wanted,
    });
    if (old !== undefined) void this.#giveBack(budgetId, old);
  }

  /** Waits where outstanding requests may give room back; otherwise the refusal stands. */
  async #waitForRoom(error: unknown, giveUpAt: number, signal: AbortSignal): Promise<void> {
    const refusal = error instanceof FairleadError && error.code === ErrorCode.BUDGET_EXCEEDED && error.detail.retryable;
    if (!refusal || signal.aborted || this.#settings.tools.now() >= giveUpAt) throw error;
    const wait = Math.min(retryAfterMs(error.detail) ?? POLL_MS, POLL_MS) * (0.5 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, wait));
  }

  #sweep(idleMs: number): Promise<void>[] {
    const now = this.#settings.tools.now();
    const returns: Promise<void>[] = [];
    for (const [budgetId, pot] of this.#pots) {
      if (performance.now() < pot.validUntil && now - pot.usedAt <= idleMs) continue;
      this.#pots.delete(budgetId);
      returns.push(this.#giveBack(budgetId, pot));
    }
    return returns;
  }

  async #giveBack(budgetId: string, pot: Pot): Promise<void> {
    const { cost, tools } = this.#settings;
    const unused = pot.left;
    pot.left = 0n;
    const request = { budgetId, leaseId: pot.leaseId, unusedNanoUsd: unused };
    // A return that is lost costs nobody anything: the ledger takes the rest back when the lease's time is over.
    await cost.returnLease(request, { deadline: tools.now() + ACQUIRE_MS }).catch((error: unknown) => {
      tools.logger.debug({ budgetId, err: error }, "a lease could not be given back");
    });
  }
}

/** Milliseconds for which a lease may be reserved from, by the clock of the ledger that gave it. */
function usableMs({ validFor, windowEndsIn }: Lease): number {
  const valid = validFor === undefined ? 0 : durationMs(validFor) - SAFETY_MS;
  return windowEndsIn === undefined ? valid : Math.min(valid, durationMs(windowEndsIn));
}

/** Whether a request can be served: in full, or, where the ledger itself has no more, with the least that is of use. */
function suffices(pot: Pot, least: bigint, wanted: bigint): boolean {
  return pot.left >= wanted || (pot.scarce && pot.left >= least);
}
