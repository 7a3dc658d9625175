import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { AlertBook } from "./alert-book.ts";
import type { CostOptimizerConfig } from "./config.ts";
import type { CostBook } from "./cost-book.ts";
import type { DecisionRecorder } from "./decision-recorder.ts";
import type { EffectivePrices } from "./effective-prices.ts";
import type { ForecastBook } from "./forecast-book.ts";
import type { CostMetrics } from "./metrics.ts";

/** What the upkeep takes. */
export interface UpkeepPorts {
  readonly config: Pick<CostOptimizerConfig, "refreshMs" | "pollMs" | "sweepMs">;
  readonly ledger: BudgetLedger;
  readonly book: CostBook;
  readonly alerts: Pick<AlertBook, "review">;
  readonly forecasts: Pick<ForecastBook, "turn" | "flush">;
  readonly effectivePrices: Pick<EffectivePrices, "turn" | "flush">;
  readonly recorder: Pick<DecisionRecorder, "write">;
  readonly metrics: CostMetrics;
  readonly tools: Pick<ServiceTools, "now" | "logger">;
}

/** With very many budgets, reading them all takes a tenth of the time at most. */
const PAUSES_PER_READING = 10;

/**
 * Does by itself what no call asks for: reads what changed, reads everything for what changed elsewhere, tells alerts, makes
 * forecasts, measures prices, writes what was decided, and sweeps leases that are over. A store that fails is tried again at the next turn.
 */
export function startUpkeep(ports: UpkeepPorts): { close(): Promise<void> } {
  const { config } = ports;
  let pollAt = Number.NEGATIVE_INFINITY;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let failing = false;
  let turn: Promise<void> | undefined;

  async function work(): Promise<void> {
    const at = performance.now();
    if (at - sweptAt >= config.sweepMs) {
      sweptAt = at;
      await sweep(ports);
    }
    await read(at);
    const { alerts, forecasts, effectivePrices, recorder, book } = ports;
    const touch = (budgetIds: Iterable<string>) => [...budgetIds].forEach((budgetId) => book.touch(budgetId));
    // What fails must not keep the others from their turn.
    const parts = [
      async () => touch(await alerts.review(book.budgets())),
      async () => touch(await forecasts.turn(book.budgets())),
      () => effectivePrices.turn(),
      () => recorder.write(),
    ];
    const failures: unknown[] = [];
    for (const part of parts) await part().catch((error: unknown) => failures.push(error ?? "unknown"));
    if (failures.length > 0) throw failures[0];
  }

  async function read(at: number): Promise<void> {
    if (at < pollAt) return ports.book.readTouched();
    const begun = performance.now();
    await ports.book.readAll();
    const lasted = performance.now() - begun;
    pollAt = at + Math.max(config.pollMs, lasted * PAUSES_PER_READING);
  }

  function note(error: unknown): void {
    if (error !== undefined) ports.metrics.storeFailed();
    if ((error !== undefined) === failing) return;
    failing = error !== undefined;
    if (failing) ports.tools.logger.error({ err: error }, "the ledger cannot be used");
    else ports.tools.logger.info("the ledger can be used again");
  }

  function start(): void {
    turn ??= work()
      .then(
        () => note(undefined),
        (error: unknown) => note(error ?? "unknown"),
      )
      .finally(() => (turn = undefined));
  }

  start();
  const timer = setInterval(start, config.refreshMs).unref();
  return {
    async close() {
      clearInterval(timer);
      await turn;
      // What waits still counts; a store that cannot take it now has lost it.
      const last = [ports.recorder.write(), ports.effectivePrices.flush(), ports.forecasts.flush(ports.book.budgets())];
      for (const result of await Promise.allSettled(last)) if (result.status === "rejected") note(result.reason);
    },
  };
}

async function sweep({ ledger, book, metrics, tools }: UpkeepPorts): Promise<void> {
  const { leases } = await ledger.sweep(tools.now());
  if (leases === 0) return;
  metrics.swept(leases);
  tools.logger.info({ leases }, "leases were over before they were resolved");
  for (const { budget } of book.budgets()) if (budget !== undefined) book.touch(budget.budgetId);
}
