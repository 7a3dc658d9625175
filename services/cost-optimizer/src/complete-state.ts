import { type BudgetState, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { budgetLevel } from "@fairlead/decision/cost/budget-level";
import type { AlertBook } from "./alert-book.ts";
import type { ForecastBook } from "./forecast-book.ts";

/** Where the rest of a budget's state comes from. */
export interface StateSources {
  readonly alerts: Pick<AlertBook, "toldPercents">;
  readonly forecasts: Pick<ForecastBook, "expected">;
}

/** Adds to a budget's books its level, what is expected of its window, and what was told about it. */
export function completeState(state: BudgetState, { alerts, forecasts }: StateSources): BudgetState {
  if (state.budget?.window === BudgetWindow.REQUEST) return state;
  const forecast = forecasts.expected(state);
  const expected = forecast === undefined ? {} : expectedOf(forecast);
  return { ...state, level: budgetLevel(state), toldPercents: alerts.toldPercents(state), ...expected };
}

function expectedOf(forecast: { expectedNanoUsd: bigint; lowNanoUsd: bigint; highNanoUsd: bigint }) {
  const { expectedNanoUsd, lowNanoUsd, highNanoUsd } = forecast;
  return { expectedNanoUsd, expectedLowNanoUsd: lowNanoUsd, expectedHighNanoUsd: highNanoUsd };
}
