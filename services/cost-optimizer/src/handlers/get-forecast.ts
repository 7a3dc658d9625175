import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import {
  type GetForecastRequest,
  type GetForecastResponse,
  GetForecastResponseSchema,
  type SpendForecast,
  SpendForecastSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { windowEnd, windowStart } from "@fairlead/decision/cost/budget-window";
import type { ForecastState } from "@fairlead/decision/cost/forecast/forecast-state";
import { FORECAST_COVERAGE, type SpendForecast as Forecast } from "@fairlead/decision/cost/forecast-spend";
import { failure, invalidField } from "@fairlead/rpc/fairlead-error";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { SpendStore } from "@fairlead/state/spend-store";
import { atLeast, type ForecastBook, forecastWindow } from "../forecast-book.ts";
import { forecastFromHistory } from "../spend-history.ts";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface GetForecastPorts {
  readonly ledger: Pick<BudgetLedger, "states">;
  readonly spend: Pick<SpendStore, "query" | "keptFrom">;
  readonly forecasts: Pick<ForecastBook, "stateOf">;
  readonly now: () => number;
}

/** Serves GetForecast. */
export function getForecast(ports: GetForecastPorts) {
  return async (request: GetForecastRequest): Promise<GetForecastResponse> => {
    const forecast = request.budgetId === "" ? await ofSpend(ports, request) : await ofBudget(ports, request.budgetId);
    return create(GetForecastResponseSchema, { forecast });
  };
}

async function ofBudget({ ledger, forecasts, now }: GetForecastPorts, budgetId: string): Promise<SpendForecast> {
  const at = now();
  const [state] = await fromStore(ledger.states(at, [budgetId]));
  const { budget } = state ?? {};
  if (state === undefined || budget === undefined) throw failure(ErrorCode.NOT_FOUND, "There is no such budget.");
  if (budget.window === BudgetWindow.REQUEST)
    throw invalidField("budget_id", "a budget of single requests has nothing to forecast");
  const known = await fromStore(forecasts.stateOf(budget));
  const found = known === undefined ? undefined : forecastWindow(known, budget.window, at);
  const spent = state.settledNanoUsd;
  const forecast = toMessage(
    found === undefined ? undefined : atLeast(found, spent),
    spent,
    known,
    state.windowStart === undefined ? at : timestampMs(state.windowStart),
    budget.window,
  );
  forecast.limitNanoUsd = budget.limitNanoUsd;
  forecast.aboveLimit = forecast.expectedNanoUsd > budget.limitNanoUsd;
  return forecast;
}

async function ofSpend(ports: GetForecastPorts, { filter, window: asked }: GetForecastRequest): Promise<SpendForecast> {
  const window = asked === BudgetWindow.UNSPECIFIED ? BudgetWindow.MONTH : asked;
  if (window === BudgetWindow.REQUEST || window === BudgetWindow.HOUR) {
    throw invalidField("window", "must be a day, a week or a month; an hour is forecast for budgets only");
  }
  const at = ports.now();
  const known = await fromStore(forecastFromHistory(ports, filter, window));
  const found = known === undefined ? undefined : forecastWindow(known, window, at);
  return toMessage(found, 0n, known, at, window);
}

/** Nothing known yet: what is spent is all that can be said. */
function toMessage(
  found: Forecast | undefined,
  spent: bigint,
  known: ForecastState | undefined,
  at: number,
  window: BudgetWindow,
): SpendForecast {
  const said = {
    spentNanoUsd: spent,
    expectedNanoUsd: spent,
    lowNanoUsd: spent,
    highNanoUsd: spent,
    coverage: FORECAST_COVERAGE,
  };
  return create(SpendForecastSchema, {
    windowStart: timestampFromMs(windowStart(window, at)),
    windowEnd: timestampFromMs(windowEnd(window, at)),
    ...(found ?? said),
    ...(known === undefined || found === undefined ? {} : { knownSince: timestampFromMs(known.sinceMs) }),
  });
}
