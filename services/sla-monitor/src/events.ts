import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { AlertChangedSchema, type AttemptFinished } from "@fairlead/contracts/events/v1/event";
import { attemptOutcome, measuredLatencyMs } from "@fairlead/decision/balancing/attempt-outcome";
import type { AlertFact } from "@fairlead/decision/sla/advance-alert";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { WatchedTargets } from "./watched-targets.ts";

/** Takes a finished attempt into the window of its target; false where there is no room for it. */
export function onAttemptFinished(watched: WatchedTargets, attempt: AttemptFinished, now: number): boolean {
  const outcome = attemptOutcome(attempt.errorCode);
  if (outcome === "neutral") return true;
  return watched.add(attempt, { succeeded: outcome === "succeeded", latencyMs: measuredLatencyMs(attempt) }, now);
}

/** Tells the start or the end of an alert. */
export function tellAlert(bus: Bus, tools: ServiceTools, alert: AlertFact): void {
  const origin = { id: tools.newId(), source: "sla-monitor", now: tools.now() };
  const value = create(AlertChangedSchema, { ...alert });
  bus.publish(subjects.alertChanged(alert.severity), newEvent(origin, { case: "alertChanged", value }));
  tools.logger.warn({ alert: alert.alertId, resolved: alert.resolved }, alert.message);
}
