import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, type BudgetState, BudgetWindow, type Hold } from "@fairlead/contracts/cost/v1/budget";
import { windowEnd, windowStart } from "@fairlead/decision/cost/budget-window";
import {
  type BudgetLedger,
  DEFAULT_REMEMBER_MS,
  type GrantOutcome,
  type GrantRequest,
  type LeaseReturn,
  MAX_BUDGETS,
  MAX_LEASES_PER_BUDGET,
  type Settlement,
  type SettleOutcome,
  type SweepOutcome,
} from "../budget-ledger.ts";
import { type BudgetHolds, holdsByBudget } from "../check-settlement.ts";
import { budgetState, leaseOf } from "../make-state.ts";
import { StateError } from "../state-error.ts";
import { GRANT_LUA, RETURN_LUA, SETTLE_LUA, SWEEP_LUA } from "./ledger-lua.ts";
import { pipelineAnswers, type RedisLink, type RedisScript } from "./redis-link.ts";

/** Window kinds that are kept in the ledger, in the order in which scripts take their starts. */
const KINDS = [BudgetWindow.HOUR, BudgetWindow.DAY, BudgetWindow.WEEK, BudgetWindow.MONTH] as const;
const LEASES_AT_ONCE = 200;
const SWEEPS_AT_ONCE = 100;
const READ_AT_ONCE = 500;

/** The books in Redis; every change is one script on the keys of one budget. */
export class RedisBudgetLedger implements BudgetLedger {
  readonly #link: RedisLink;
  readonly #rememberMs: string;
  readonly #index: string;
  readonly #scripts: Readonly<Record<"grant" | "return" | "settle" | "sweep", RedisScript>>;

  constructor(link: RedisLink, rememberMs = DEFAULT_REMEMBER_MS) {
    this.#link = link;
    this.#rememberMs = String(rememberMs);
    this.#index = `${link.prefix}budgets`;
    this.#scripts = {
      grant: link.script("fairleadGrant", 1, GRANT_LUA),
      return: link.script("fairleadReturnLease", 1, RETURN_LUA),
      settle: link.script("fairleadSettle", 2, SETTLE_LUA),
      sweep: link.script("fairleadSweep", 1, SWEEP_LUA),
    };
  }

  async putBudget(budget: Budget): Promise<void> {
    await this.#link.run(async (redis) => {
      const [known, count] = await Promise.all([redis.sismember(this.#index, budget.budgetId), redis.scard(this.#index)]);
      if (known === 0 && count >= MAX_BUDGETS) throw new StateError("full", `${MAX_BUDGETS} budgets are kept already`);
      await redis.hset(this.#key(budget.budgetId), {
        limit: String(budget.limitNanoUsd),
        kind: String(budget.window),
        budget: Buffer.from(toBinary(BudgetSchema, budget)),
      });
      await redis.sadd(this.#index, budget.budgetId);
    });
  }

  async deleteBudget(budgetId: string, now: number): Promise<boolean> {
    const key = this.#key(budgetId);
    const windows = KINDS.map((kind) => `${key}:w:${kind}:${windowStart(kind, now)}`);
    return this.#link.run(async (redis) => {
      const removed = await redis.del(key);
      await redis.unlink(`${key}:lease`, `${key}:left`, `${key}:due`, ...windows);
      await redis.srem(this.#index, budgetId);
      return removed === 1;
    });
  }

  async listBudgets(): Promise<Budget[]> {
    return this.#read(await this.#ids());
  }

  async states(now: number, budgetIds?: readonly string[]): Promise<BudgetState[]> {
    const budgets = await this.#read(budgetIds === undefined ? await this.#ids() : [...new Set(budgetIds)].sort());
    const states: BudgetState[] = [];
    for (let from = 0; from < budgets.length; from += READ_AT_ONCE) {
      states.push(...(await this.#statesOf(budgets.slice(from, from + READ_AT_ONCE), now)));
    }
    return states;
  }

  async grant(request: GrantRequest): Promise<GrantOutcome> {
    const least = request.minimum > 0n ? request.minimum : 1n;
    const wanted = request.wanted > 0n ? request.wanted : 0n;
    const answer = (await this.#scripts.grant(
      [this.#key(request.budgetId)],
      [
        request.leaseId,
        request.holder,
        String(least),
        String(wanted),
        String(request.now + request.validForMs + request.holdForMs),
        String(MAX_LEASES_PER_BUDGET),
        ...starts(request.now),
      ],
    )) as [string, string, string, string];
    if (answer[0] === "granted") {
      return { kind: "granted", lease: leaseOf(request, windowOf(answer[3], answer[2]), BigInt(answer[1])) };
    }
    if (answer[0] === "unknown") return { kind: "unknown_budget" };
    return {
      kind: "refused",
      remaining: BigInt(answer[1]),
      leased: BigInt(answer[2]),
      windowEnd: windowEnd(Number(answer[3]) as BudgetWindow, request.now),
    };
  }

  async returnLease(request: LeaseReturn): Promise<bigint> {
    if (request.unused < 0n) return 0n;
    return BigInt(
      (await this.#scripts.return([this.#key(request.budgetId)], [request.leaseId, String(request.unused)])) as string,
    );
  }

  async settle(settlement: Settlement): Promise<SettleOutcome[]> {
    return Promise.all(holdsByBudget(settlement).map((group) => this.#settleBudget(settlement, group)));
  }

  async sweep(now: number): Promise<SweepOutcome> {
    let leases = 0;
    let amount = 0n;
    const ids = await this.#ids();
    for (let from = 0; from < ids.length; from += SWEEPS_AT_ONCE) {
      const swept = ids.slice(from, from + SWEEPS_AT_ONCE).map((budgetId) => this.#sweepBudget(budgetId, now));
      for (const outcome of await Promise.all(swept)) {
        leases += outcome.leases;
        amount += outcome.amount;
      }
    }
    return { leases, amount };
  }

  async #sweepBudget(budgetId: string, now: number): Promise<SweepOutcome> {
    let leases = 0;
    let amount = 0n;
    for (let count = LEASES_AT_ONCE; count === LEASES_AT_ONCE; ) {
      const answer = await this.#scripts.sweep([this.#key(budgetId)], [String(now), String(LEASES_AT_ONCE)]);
      const [released, sum] = answer as [number, string];
      count = released;
      leases += released;
      amount += BigInt(sum);
    }
    return { leases, amount };
  }

  async #settleBudget({ eventId, now }: Settlement, { budgetId, holds, cost }: BudgetHolds): Promise<SettleOutcome> {
    const key = this.#key(budgetId);
    const args = [this.#rememberMs, String(cost)];
    for (const hold of holds) {
      args.push(hold.leaseId, String(hold.amountNanoUsd), ...starts(startOf(hold, now)));
    }
    const answer = await this.#scripts.settle([key, `${key}:done:${eventId}`], args);
    const [kind, charged, overrun] = answer as [SettleOutcome["kind"], string, string];
    return { budgetId, kind, charged: BigInt(charged), overrun: BigInt(overrun) };
  }

  async #statesOf(budgets: readonly Budget[], now: number): Promise<BudgetState[]> {
    const windows = budgets.map((budget) => ({ budget, start: windowStart(budget.window, now) }));
    const answers = await this.#link.run(async (redis) => {
      const pipeline = redis.pipeline();
      for (const { budget, start } of windows) {
        pipeline.hmget(`${this.#key(budget.budgetId)}:w:${budget.window}:${start}`, "settled", "leased", "overrun");
      }
      return pipelineAnswers(await pipeline.exec()) as (string | null)[][];
    });
    return windows.map(({ budget, start }, position) => {
      const [settled, leased, overrun] = answers[position] ?? [];
      const books = { settled: BigInt(settled ?? 0), leased: BigInt(leased ?? 0), overrun: BigInt(overrun ?? 0) };
      return budgetState(budget, start, books);
    });
  }

  async #read(ids: readonly string[]): Promise<Budget[]> {
    const budgets: Budget[] = [];
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      const answers = await this.#link.run(async (redis) => {
        const pipeline = redis.pipeline();
        for (const id of ids.slice(from, from + READ_AT_ONCE)) pipeline.hgetBuffer(this.#key(id), "budget");
        return pipelineAnswers(await pipeline.exec()) as (Buffer | null)[];
      });
      for (const bytes of answers) if (bytes !== null) budgets.push(fromBinary(BudgetSchema, bytes));
    }
    return budgets;
  }

  async #ids(): Promise<string[]> {
    return (await this.#link.run((redis) => redis.smembers(this.#index))).sort();
  }

  /** The braces choose the hash slot; an id that holds braces itself could choose another, so it is kept out. */
  #key(budgetId: string): string {
    return `${this.#link.prefix}budget:{${budgetId.replaceAll(/[{}]/g, "_")}}`;
  }
}

function windowOf(kind: string, start: string): { kind: BudgetWindow; startMs: number } {
  return { kind: Number(kind) as BudgetWindow, startMs: Number(start) };
}

function starts(atMs: number): string[] {
  return KINDS.map((kind) => String(windowStart(kind, atMs)));
}

/** A hold of the future can only be a mistake: it is taken for one of now. */
function startOf(hold: Hold, now: number): number {
  return Math.min(Number(hold.windowStartUnixSeconds) * 1_000, now);
}
