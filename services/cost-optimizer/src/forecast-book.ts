import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Budget, type BudgetState, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import { windowEnd, windowStart } from "@fairlead/decision/cost/budget-window";
import { forecastSpend, type SpendForecast } from "@fairlead/decision/cost/forecast-spend";
import type { ForecastState } from "@fairlead/decision/cost/forecast/forecast-state";
import type { Payer } from "@fairlead/decision/cost/match-budgets";
import type { SharedNotes } from "@fairlead/state/shared-notes";
import type { SpendStore } from "@fairlead/state/spend-store";
import {
  advanceNote,
  type ForecastMiss,
  type ForecastNote,
  forecastNoteFromJson,
  forecastNoteToJson,
  meaningOf,
} from "./forecast-note.ts";
import { PendingSpend } from "./pending-spend.ts";
import { forecastFromHistory } from "./spend-history.ts";

/** What forecasts need. */
export interface ForecastBookPorts {
  readonly notes: SharedNotes;
  readonly spend: Pick<SpendStore, "query" | "keptFrom">;
  readonly now: () => number;
  /** Told how far a forecast of half-way was off when its window has ended. */
  readonly onMiss: (miss: ForecastMiss) => void;
}

/** A forecast of one window. */
interface Known {
  readonly windowStartMs: number;
  readonly at: number;
  readonly forecast: SpendForecast | undefined;
}

const TOPIC = "forecasts";
/** Forecasts made in one turn: each is some milliseconds of work. */
const MOST_A_TURN = 5;
/** Forecasts renewed before a replica goes. */
const MOST_AT_END = 100;
/** Milliseconds after which a forecast is made anew though nothing was spent. */
const STALE_MS = 60_000;
/** Milliseconds between two forecasts of one budget. */
const REST_MS = 2_000;

/**
 * What the windows of budgets will have cost. What forecasts rest on is kept in shared notes, into which each replica folds
 * the spend that it settled; a budget that is new begins with the history of its spend.
 */
export class ForecastBook {
  readonly #ports: ForecastBookPorts;
  readonly #pending = new PendingSpend();
  readonly #known = new Map<string, Known>();

  constructor(ports: ForecastBookPorts) {
    this.#ports = ports;
  }

  /** Takes in what a request cost. */
  add(payer: Payer, lines: readonly CostLine[], occurredMs: number): void {
    this.#pending.add(payer, lines, occurredMs);
  }

  /** What is expected of a budget's window; undefined while too little is known. */
  expected(state: BudgetState): SpendForecast | undefined {
    const known = this.#known.get(state.budget?.budgetId ?? "");
    if (known?.forecast === undefined || state.windowStart === undefined) return undefined;
    return known.windowStartMs === timestampMs(state.windowStart)
      ? atLeast(known.forecast, state.settledNanoUsd)
      : undefined;
  }

  /**
   * Makes the forecasts that are most in need of it. Rejects with StateError.
   *
   * @returns budgets with a new forecast
   */
  async turn(states: readonly BudgetState[]): Promise<readonly string[]> {
    const budgets = states
      .map(({ budget }) => budget)
      .filter((budget) => budget !== undefined && budget.window !== BudgetWindow.REQUEST);
    const byId = new Map(budgets.map((budget) => [budget?.budgetId ?? "", budget as Budget]));
    this.#pending.follow([...byId.values()]);
    for (const budgetId of this.#known.keys()) if (!byId.has(budgetId)) await this.#forget(budgetId);
    return this.#renewAll(this.#due([...byId.keys()]), byId);
  }

  /** Folds what is pending, up to a bound, before this replica goes. Rejects with StateError. */
  async flush(states: readonly BudgetState[]): Promise<void> {
    const byId = new Map(states.map(({ budget }) => [budget?.budgetId ?? "", budget as Budget]));
    await this.#renewAll(
      this.#pending
        .budgetIds()
        .filter((budgetId) => byId.has(budgetId))
        .slice(0, MOST_AT_END),
      byId,
    );
  }

  async #renewAll(due: readonly string[], byId: ReadonlyMap<string, Budget>): Promise<readonly string[]> {
    const texts = await this.#ports.notes.readSome(TOPIC, due);
    for (const budgetId of due) await this.#renew(byId.get(budgetId) as Budget, texts.get(budgetId));
    return due;
  }

  /** What a budget's forecast rests on, with its newest spend. Rejects with StateError. */
  async stateOf(budget: Budget): Promise<ForecastState | undefined> {
    const text = (await this.#ports.notes.readSome(TOPIC, [budget.budgetId])).get(budget.budgetId);
    return (await this.#renew(budget, text))?.state;
  }

  /** Those with spend that is not in their forecast, then those whose forecast is oldest. */
  #due(budgetIds: readonly string[]): string[] {
    const now = this.#ports.now();
    const age = (budgetId: string) => now - (this.#known.get(budgetId)?.at ?? Number.NEGATIVE_INFINITY);
    const pending = this.#pending.budgetIds().filter((budgetId) => age(budgetId) >= REST_MS);
    const stale = budgetIds
      .filter((budgetId) => age(budgetId) >= STALE_MS)
      .sort((a, b) => age(b) - age(a) || (a < b ? -1 : 1));
    return [...new Set([...pending, ...stale])].slice(0, MOST_A_TURN);
  }

  /** Folds pending spend into a budget's note and forecasts. A note that another replica changed is left for the next turn. */
  async #renew(budget: Budget, text: string | undefined): Promise<ForecastNote | undefined> {
    const { notes, now, onMiss } = this.#ports;
    const { budgetId, window } = budget;
    const at = now();
    const meaning = meaningOf(budget);
    const spend = this.#pending.take(budgetId);
    try {
      const known = text === undefined ? undefined : forecastNoteFromJson(text, meaning);
      const { note, miss } =
        known === undefined
          ? { note: await this.#begin(budget, meaning), miss: undefined }
          : advanceNote(known, spend, window, at);
      if (note === undefined) return undefined;
      const next = forecastNoteToJson(note);
      if (next !== text && !(await notes.swap(TOPIC, budgetId, text, next))) {
        this.#pending.putBack(budgetId, spend);
        return known;
      }
      if (miss !== undefined) onMiss(miss);
      this.#known.set(budgetId, {
        windowStartMs: windowStart(window, at),
        at,
        forecast: forecastWindow(note.state, window, at),
      });
      return note;
    } catch (error) {
      this.#pending.putBack(budgetId, spend);
      throw error;
    }
  }

  async #forget(budgetId: string): Promise<void> {
    const { notes } = this.#ports;
    const text = (await notes.readSome(TOPIC, [budgetId])).get(budgetId);
    if (text !== undefined) await notes.swap(TOPIC, budgetId, text, undefined);
    this.#known.delete(budgetId);
  }

  /** The history holds all that was settled, also what is pending here. */
  async #begin(budget: Budget, meaning: string): Promise<ForecastNote | undefined> {
    const state = await forecastFromHistory(this.#ports, budget.scope, budget.window);
    return state === undefined ? undefined : { meaning, begunMs: this.#ports.now(), state, halfWay: undefined };
  }
}

/** The forecast of the window that a time falls into. */
export function forecastWindow(state: ForecastState, window: BudgetWindow, at: number): SpendForecast | undefined {
  return forecastSpend(state, at, { startMs: windowStart(window, at), endMs: windowEnd(window, at) });
}

/** A forecast is a little older than the books: what they say is spent holds, and what is still to come stays. */
export function atLeast(forecast: SpendForecast, spent: bigint): SpendForecast {
  const more = spent - forecast.spentNanoUsd;
  return {
    spentNanoUsd: spent,
    expectedNanoUsd: forecast.expectedNanoUsd + more,
    lowNanoUsd: forecast.lowNanoUsd + more,
    highNanoUsd: forecast.highNanoUsd + more,
    coverage: forecast.coverage,
  };
}
