import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostOptimizerConfig } from "./config.ts";
import type { CostBook } from "./cost-book.ts";
import type { CostMetrics } from "./metrics.ts";

/** What the upkeep takes. */
export interface UpkeepPorts {
  readonly config: Pick<CostOptimizerConfig, "refreshMs" | "pollMs" | "sweepMs">;
  readonly ledger: BudgetLedger;
  readonly book: CostBook;
  readonly metrics: CostMetrics;
  readonly tools: Pick<ServiceTools, "now" | "logger">;
}

/** With very many budgets, reading them all takes a tenth of the time at most. */
const PAUSES_PER_READING = 10;

/**
 * Does by itself what no call asks for: reads what changed, reads everything for what changed elsewhere, and sweeps
 * leases that are over. A store that fails is tried again at the next turn.
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
    turn ??= work().then(
      () => note(undefined),
      (error: unknown) => note(error ?? "unknown"),
    ).finally(() => (turn = undefined));
  }

  start();
  const timer = setInterval(start, config.refreshMs).unref();
  return {
    async close() {
      clearInterval(timer);
      await turn;
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
