import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { AlertChangedSchema, type CostIncurred, type Event } from "@fairlead/contracts/events/v1/event";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { SpendStore } from "@fairlead/state/spend-store";
import type { BudgetAlert } from "./budget-alerts.ts";
import type { CostBook } from "./cost-book.ts";
import type { CostMetrics } from "./metrics.ts";

/** What the settling of events takes. */
export interface SettlePorts {
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly book: Pick<CostBook, "touch">;
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
  const settlement = { eventId: event.eventId, holds: incurred.holds, cost, now };
  for (const outcome of await ports.ledger.settle(settlement)) {
    ports.metrics.settled(outcome);
    ports.book.touch(outcome.budgetId);
  }
  const { tenant, user, project, tags, lines, succeeded } = incurred;
  const occurredMs = Math.min(Number(event.occurredUnixMs), now);
  const record = { eventId: event.eventId, tenant, user, project, tags, lines, succeeded, occurredMs };
  if (await ports.spend.record(record)) ports.metrics.spent(lines);
}

function isPlausible(eventId: string, { lines, holds }: CostIncurred): boolean {
  const isAmount = (amount: bigint) => amount >= 0n && amount <= MOST_COST;
  return (
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

/** Tells that a budget reached a threshold, or no longer has. */
export function tellAlert(bus: Bus, tools: ServiceTools, alert: BudgetAlert): void {
  const { alertId, severity, message, resolved } = alert;
  const value = create(AlertChangedSchema, { alertId, severity, message, resolved });
  const origin = { id: alert.eventId, source: "cost-optimizer", now: tools.now() };
  bus.publish(subjects.alertChanged(severity), newEvent(origin, { case: "alertChanged", value }));
  tools.logger.warn({ alert: alertId, resolved }, message);
}
