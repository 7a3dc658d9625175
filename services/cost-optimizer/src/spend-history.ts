import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type BudgetScope, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { SpendDimension, SpendPeriod } from "@fairlead/contracts/cost/v1/cost_service";
import { advanceForecast, type SpendAt } from "@fairlead/decision/cost/forecast/advance-forecast";
import { type ForecastState, startBudgetForecast } from "@fairlead/decision/cost/forecast/forecast-state";
import type { SpendStore } from "@fairlead/state/spend-store";

const HOUR_MS = 3_600_000;
/** How far back the history of a forecast goes: four weeks tell the shape of one, a month needs two of its kind. */
const WEEKS_MS = 28 * 24 * HOUR_MS;
const MONTHS_MS = 92 * 24 * HOUR_MS;
/** An hour's spend is taken to have come evenly. */
const PARTS_OF_AN_HOUR = 4;

/**
 * What a forecast can know from recorded spend. Rejects with StateError.
 *
 * @returns undefined where there is nothing to forecast: for single requests
 */
export async function forecastFromHistory(
  { spend, now }: { readonly spend: Pick<SpendStore, "query" | "keptFrom">; readonly now: () => number },
  scope: BudgetScope | undefined,
  window: BudgetWindow,
): Promise<ForecastState | undefined> {
  const at = now();
  // Hours are too coarse for the forecast of one: what has been settled in the current one is all that is taken in.
  const reach = window === BudgetWindow.HOUR ? 0 : window === BudgetWindow.MONTH ? MONTHS_MS : WEEKS_MS;
  const start = Math.max(at - reach, spend.keptFrom());
  const { rows } = await spend.query({
    start,
    end: at + 1,
    filter: scope,
    groupBy: SpendDimension.UNSPECIFIED,
    period: SpendPeriod.HOUR,
  });
  const known = rows.flatMap(({ periodStart, costNanoUsd }) =>
    periodStart === undefined ? [] : partsOf(timestampMs(periodStart), costNanoUsd, at),
  );
  const state = startBudgetForecast(window, known[0]?.atMs ?? at);
  return state === undefined ? undefined : known.reduce(advanceForecast, state);
}

/** Spend of an hour, spread over the part of it that has passed; nothing of it is lost by dividing. */
function partsOf(hour: number, cost: bigint, now: number): SpendAt[] {
  const step = Math.max(1, Math.min(HOUR_MS, now - hour)) / PARTS_OF_AN_HOUR;
  const even = cost / BigInt(PARTS_OF_AN_HOUR);
  return Array.from({ length: PARTS_OF_AN_HOUR }, (_, part) => ({
    atMs: Math.floor(hour + part * step),
    costNanoUsd: part === 0 ? cost - even * BigInt(PARTS_OF_AN_HOUR - 1) : even,
  }));
}
