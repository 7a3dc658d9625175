import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AlertChangedSchema, type AttemptFinished, HealthChangedSchema } from "@fairlead/contracts/events/v1/event";
import { type Alert, AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { type CauseCell, CauseCellSchema } from "@fairlead/contracts/sla/v1/history";
import { attemptOutcome, measuredLatencyMs } from "@fairlead/decision/balancing/attempt-outcome";
import type { AlertNews } from "@fairlead/decision/sla/advance-alert";
import { knownCost } from "@fairlead/decision/sla/count-attempt";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { Sample } from "./rolling-window.ts";

/** Name under which events are told. */
export const SOURCE = "sla-monitor";
const NANO = 1e9;

/** What an attempt says of its target; undefined where it says nothing. */
export function sampleOf(attempt: AttemptFinished): Sample | undefined {
  const outcome = attemptOutcome(attempt.errorCode);
  if (outcome === "neutral") return undefined;
  const quality = attempt.qualityScore;
  const isScore = quality !== undefined && quality >= 0 && quality <= 1;
  return {
    succeeded: outcome === "succeeded",
    latencyMs: measuredLatencyMs(attempt),
    cost: Number(knownCost(attempt)) / NANO,
    quality: isScore ? quality : undefined,
  };
}

/** An attempt by everything that may explain a breach. */
export function cellOf(attempt: AttemptFinished, tenant: string, { succeeded, latencyMs }: Sample, slowFromMs: number): CauseCell {
  const { provider, model, deployment, region } = attempt;
  return create(CauseCellSchema, {
    provider,
    model,
    deployment,
    region,
    tenant,
    error: succeeded ? "" : errorName(attempt.errorCode),
    calls: 1n,
    failed: succeeded ? 0n : 1n,
    slow: latencyMs !== undefined && latencyMs > slowFromMs ? 1n : 0n,
    latencyMs: latencyMs ?? 0,
    measured: latencyMs === undefined ? 0n : 1n,
    costNanoUsd: knownCost(attempt),
  });
}

/** An error code as people read it. */
export function errorName(code: ErrorCode): string {
  return (ErrorCode[code] ?? "UNKNOWN").toLowerCase();
}

/** Tells a change of an alert; returns the event's id, which is the same whoever tells it. */
export function tellAlert(bus: Bus, tools: ServiceTools, alert: Alert, news: AlertNews): string {
  const severity = (AlertSeverity[alert.severity] ?? "INFO").toLowerCase();
  const id = `alert/${alert.alertId}/${alert.revision}`;
  const value = create(AlertChangedSchema, {
    alertId: alert.alertId,
    severity,
    message: alert.message,
    resolved: alert.resolved,
    labels: { ...alert.labels, ...(alert.rule === "" ? {} : { rule: alert.rule }) },
    raisedUnixMs: BigInt(alert.raisedAt === undefined ? 0 : timestampMs(alert.raisedAt)),
    escalated: alert.escalations > 0,
    acknowledgedBy: alert.acknowledgedBy,
  });
  bus.publish(subjects.alertChanged(severity), newEvent({ id, source: SOURCE, now: tools.now() }, { case: "alertChanged", value }));
  logAlert(tools, alert, severity, news);
  return id;
}

/** Writes a change of an alert to the log. */
export function logAlert({ logger }: ServiceTools, alert: Alert, severity: string, news: AlertNews): void {
  const facts = { alert: alert.alertId, severity, news };
  if (alert.resolved || news === "acknowledged") logger.info(facts, alert.message);
  else logger.warn(facts, alert.message);
}

/** Tells a new verdict on a target. */
export function tellHealth(bus: Bus, tools: ServiceTools, health: TargetHealth): void {
  const value = create(HealthChangedSchema, { health });
  const origin = { id: tools.newId(), source: SOURCE, now: tools.now() };
  bus.publish(subjects.healthChanged(health.provider), newEvent(origin, { case: "healthChanged", value }));
}
