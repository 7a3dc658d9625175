import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { CostService, type EffectivePrice } from "@fairlead/contracts/cost/v1/cost_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { DecisionLog } from "@fairlead/state/decision-log";
import type { SharedNotes } from "@fairlead/state/shared-notes";
import type { SpendStore } from "@fairlead/state/spend-store";
import { AlertBook, type ToldAlert } from "./alert-book.ts";
import { completeState } from "./complete-state.ts";
import type { CostOptimizerConfig } from "./config.ts";
import { CostBook } from "./cost-book.ts";
import { DecisionRecorder } from "./decision-recorder.ts";
import { EffectivePrices } from "./effective-prices.ts";
import { settleEvents, tellAlert } from "./events.ts";
import { ForecastBook } from "./forecast-book.ts";
import { acquireLease } from "./handlers/acquire-lease.ts";
import { deleteBudget } from "./handlers/delete-budget.ts";
import { getForecast } from "./handlers/get-forecast.ts";
import { getSpend } from "./handlers/get-spend.ts";
import { listArbitrage } from "./handlers/list-arbitrage.ts";
import { listBudgets } from "./handlers/list-budgets.ts";
import { putBudget } from "./handlers/put-budget.ts";
import { quote } from "./handlers/quote.ts";
import { replayDecisions } from "./handlers/replay-decisions.ts";
import { returnLease } from "./handlers/return-lease.ts";
import { watchCost } from "./handlers/watch-cost.ts";
import { meterLedger } from "./meter-ledger.ts";
import { type CostMetrics, createMetrics } from "./metrics.ts";
import { PriceBook } from "./price-book.ts";
import { startUpkeep } from "./upkeep.ts";

/** What the cost-optimizer needs. */
export interface CostOptimizerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly notes: SharedNotes;
  readonly decisions: DecisionLog;
}

/** Makes the service that keeps prices and budgets, hands out leases, and settles what requests cost. */
export function createCostOptimizer(config: CostOptimizerConfig, dependencies: CostOptimizerDependencies): Service {
  const { tools, bus, spend, notes, decisions } = dependencies;
  const { now } = tools;
  const metrics: CostMetrics = createMetrics(tools.metrics, {
    budgets: () => book.budgets(),
    priced: (provider, model) => prices.has(provider, model),
  });
  const ledger = meterLedger(dependencies.ledger, metrics);
  const complete = (state: BudgetState) => completeState(state, { alerts, forecasts });
  const book = new CostBook({ ledger, now, configured: config.budgets, refreshMs: config.refreshMs, complete });
  const prices = new PriceBook((key, changed) => book.setPrices(key, changed));
  const forecasts = new ForecastBook({ notes, spend, now, onMiss: metrics.missed });
  const tell = (alert: ToldAlert) => {
    tellAlert(bus, tools, alert);
    metrics.alerted(alert);
  };
  const alerts = new AlertBook({ notes, ledger, prices, now, heard: () => bus.connected(), tell });
  const onPrice = (key: string, price: EffectivePrice) => book.setEffectivePrice(key, price);
  const effectivePrices = new EffectivePrices({ notes, prices, now, onPrice });
  const recorder = new DecisionRecorder({ decisions, now, onRecorded: metrics.recorded, onDropped: metrics.dropped });
  const upkeep = startUpkeep({ config, ledger, book, alerts, forecasts, effectivePrices, recorder, metrics, tools });
  const announced = bus.subscribe(patterns.adapterAnnounced, (events) => {
    for (const { fact } of events) {
      if (fact.case === "adapterAnnounced" && fact.value.description !== undefined)
        prices.learn(fact.value.description, now());
    }
  });
  const recorded = [patterns.decisionMade, patterns.outcomeObserved].map((subject) =>
    bus.subscribe(subject, (events) => recorder.hear(events)),
  );
  const costs = bus.consume({ name: "cost-optimizer", subject: patterns.costIncurred }, (events) =>
    settleEvents({ ledger, spend, book, forecasts, effectivePrices, metrics, tools }, events),
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
        listBudgets: listBudgets({ ledger, complete, now }),
        putBudget: putBudget({ ledger, book }),
        deleteBudget: deleteBudget({ ledger, book, configuredIds, now }),
        getForecast: getForecast({ ledger, spend, forecasts, now }),
        listArbitrage: listArbitrage({ effectivePrices, prices, now }),
      }),
      implement(ReplayService, {
        replayDecisions: replayDecisions({ decisions, descriptions: () => prices.descriptions(), now }),
      }),
    ],
    ready: () => book.readAt() !== undefined,
    drain: () => book.stream.close(),
    async close() {
      book.stream.close();
      await Promise.all([announced.close(), costs.close(), ...recorded.map((subscription) => subscription.close())]);
      await upkeep.close();
    },
  };
}
