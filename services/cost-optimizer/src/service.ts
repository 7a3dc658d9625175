import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { SpendStore } from "@fairlead/state/spend-store";
import { BudgetAlerts } from "./budget-alerts.ts";
import type { CostOptimizerConfig } from "./config.ts";
import { CostBook } from "./cost-book.ts";
import { settleEvents, tellAlert } from "./events.ts";
import { acquireLease } from "./handlers/acquire-lease.ts";
import { deleteBudget } from "./handlers/delete-budget.ts";
import { getSpend } from "./handlers/get-spend.ts";
import { listBudgets } from "./handlers/list-budgets.ts";
import { putBudget } from "./handlers/put-budget.ts";
import { quote } from "./handlers/quote.ts";
import { returnLease } from "./handlers/return-lease.ts";
import { watchCost } from "./handlers/watch-cost.ts";
import { createMetrics } from "./metrics.ts";
import { PriceBook } from "./price-book.ts";
import { startUpkeep } from "./upkeep.ts";

/** What the cost-optimizer needs. */
export interface CostOptimizerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
}

/** Makes the service that keeps prices and budgets, hands out leases, and settles what requests cost. */
export function createCostOptimizer(config: CostOptimizerConfig, dependencies: CostOptimizerDependencies): Service {
  const { tools, bus, ledger, spend } = dependencies;
  const { now } = tools;
  const alerts = new BudgetAlerts();
  const book = new CostBook({
    ledger,
    now,
    configured: config.budgets,
    refreshMs: config.refreshMs,
    onBudget: (budgetId, state) => alerts.next(budgetId, state).forEach((alert) => tellAlert(bus, tools, alert)),
  });
  const prices = new PriceBook((key, changed) => book.setPrices(key, changed));
  const priced = (provider: string, model: string) => prices.has(provider, model);
  const metrics = createMetrics(tools.metrics, { budgets: () => book.budgets(), priced });
  const upkeep = startUpkeep({ config, ledger, book, metrics, tools });
  const announced = bus.subscribe(patterns.adapterAnnounced, (events) => {
    for (const { fact } of events) {
      if (fact.case === "adapterAnnounced" && fact.value.description !== undefined) prices.learn(fact.value.description);
    }
  });
  const costs = bus.consume({ name: "cost-optimizer", subject: patterns.costIncurred }, (events) =>
    settleEvents({ ledger, spend, book, metrics, tools }, events),
  );
  const configuredIds = new Set(config.budgets.map(({ budgetId }) => budgetId));

  return {
    implementations: [
      implement(CostService, {
        watchCost: watchCost({ book, now, pollMs: config.pollMs }),
        acquireLease: acquireLease({ ledger, book, metrics, tools, config }),
        returnLease: returnLease({ ledger, book }),
        quote: quote({ prices, now }),
        getSpend: getSpend({ spend, now }),
        listBudgets: listBudgets({ ledger, now }),
        putBudget: putBudget({ ledger, book }),
        deleteBudget: deleteBudget({ ledger, book, configuredIds, now }),
      }),
    ],
    ready: () => book.readAt() !== undefined && bus.connected(),
    drain: () => book.stream.close(),
    async close() {
      book.stream.close();
      await Promise.all([announced.close(), costs.close()]);
      await upkeep.close();
    },
  };
}
