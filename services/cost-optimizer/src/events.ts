import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { AlertChangedSchema, type CostIncurred, type Event } from "@fairlead/contracts/events/v1/event";
import { costWithin } from "@fairlead/decision/cost/cost-within";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { SpendRecord, SpendStore } from "@fairlead/state/spend-store";
import type { ToldAlert } from "./alert-book.ts";
import type { CostBook } from "./cost-book.ts";
import type { EffectivePrices } from "./effective-prices.ts";
import type { ForecastBook } from "./forecast-book.ts";
import type { CostMetrics } from "./metrics.ts";

/** What the settling of events takes. */
export interface SettlePorts {
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly book: Pick<CostBook, "touch" | "budget">;
  readonly forecasts: Pick<ForecastBook, "add">;
  readonly effectivePrices: Pick<EffectivePrices, "add">;
  readonly metrics: CostMetrics;
  readonly tools: Pick<ServiceTools, "now" | "logger">;
}

/** Events settled at the same time. */
const SETTLED_AT_ONCE = 64;
/** A request that costs more than a million dollars, or holds against more than 64 leases, is a mistake. */
const MOST_COST = 1_000_000_000_000_000n;
const MOST_HOLDS = 64;
const LONGEST_NAME = 256;

/**
 * Resolves the holds of requests and records their spend, both once for each event however often it comes.
 * Rejects when a store failed, so that all of the events come again; events that can never be right are left out.
 */
export async function settleEvents(ports: SettlePorts, events: readonly Event[]): Promise<void> {
  for (let from = 0; from < events.length; from += SETTLED_AT_ONCE) {
    const some = events.slice(from, from + SETTLED_AT_ONCE).map((event) => settleEvent(ports, event));
    for (const result of await Promise.allSettled(some)) if (result.status === "rejected") throw result.reason;
  }
}

async function settleEvent(ports: SettlePorts, event: Event): Promise<void> {
  if (event.fact.case !== "costIncurred") return;
  const incurred = event.fact.value;
  if (!isPlausible(event.eventId, incurred)) {
    ports.metrics.malformed();
    ports.tools.logger.error({ source: event.source }, "an event of costs breaks its limits and is left out");
    return;
  }
  const now = ports.tools.now();
  const cost = incurred.lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
  const costByBudget = await partsOf(ports, incurred, now);
  const settlement = { eventId: event.eventId, holds: incurred.holds, cost, costByBudget, now };
  for (const outcome of await ports.ledger.settle(settlement)) {
    ports.metrics.settled(outcome);
    ports.book.touch(outcome.budgetId);
  }
  const occurredMs = Math.min(Number(event.occurredUnixMs), now);
  if (!(await ports.spend.record(recordOf(event.eventId, incurred, occurredMs)))) return;
  ports.metrics.spent(incurred, (ports.tools.now() - occurredMs) / 1_000);
  ports.forecasts.add(incurred, incurred.lines, occurredMs);
  ports.effectivePrices.add(incurred.lines, occurredMs);
}

/** What each budget bears: those of a provider or a model only what was called there. */
async function partsOf(
  { ledger, book }: SettlePorts,
  { holds, lines }: CostIncurred,
  now: number,
): Promise<Map<string, bigint>> {
  const ids = [...new Set(holds.map(({ budgetId }) => budgetId))];
  const unknown = ids.filter((budgetId) => book.budget(budgetId) === undefined);
  const read = unknown.length === 0 ? [] : await ledger.states(now, unknown);
  const known = ids.map((budgetId) => book.budget(budgetId)).filter((state) => state !== undefined);
  return new Map([...known, ...read].map(({ budget }) => [budget?.budgetId ?? "", costWithin(budget?.scope, lines)]));
}

function recordOf(eventId: string, incurred: CostIncurred, occurredMs: number): SpendRecord {
  const { tenant, user, project, tags, lines, succeeded, dearestCostNanoUsd, requestedCostNanoUsd } = incurred;
  const compared = { dearestCost: dearestCostNanoUsd, requestedCost: requestedCostNanoUsd };
  return { eventId, tenant, user, project, tags, lines, succeeded, occurredMs, ...compared };
}

function isPlausible(
  eventId: string,
  { lines, holds, dearestCostNanoUsd, requestedCostNanoUsd }: CostIncurred,
): boolean {
  const isAmount = (amount: bigint) => amount >= 0n && amount <= MOST_COST;
  return (
    isAmount(dearestCostNanoUsd ?? 0n) &&
    isAmount(requestedCostNanoUsd ?? 0n) &&
    isName(eventId) &&
    lines.every((line) => isAmount(line.costNanoUsd)) &&
    isAmount(lines.reduce((sum, line) => sum + line.costNanoUsd, 0n)) &&
    holds.length <= MOST_HOLDS &&
    holds.every((hold) => isName(hold.leaseId) && isName(hold.budgetId) && hold.amountNanoUsd >= 0n) &&
    holds.every((hold) => hold.amountNanoUsd <= MOST_COST * 1_000n && hold.windowStartUnixSeconds >= 0n)
  );
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= LONGEST_NAME;
}

/** Tells that an alert began, or is over. */
export function tellAlert(bus: Bus, tools: ServiceTools, { eventId, alert, raisedMs, resolved }: ToldAlert): void {
  const { alertId, severity, labels } = alert;
  const message = resolved ? alert.over : alert.begun;
  const value = create(AlertChangedSchema, {
    alertId,
    severity,
    message,
    resolved,
    labels,
    raisedUnixMs: BigInt(raisedMs),
  });
  const origin = { id: eventId, source: "cost-optimizer", now: tools.now() };
  bus.publish(subjects.alertChanged(severity), newEvent(origin, { case: "alertChanged", value }));
  tools.logger.warn({ alert: alertId, resolved }, message);
}
