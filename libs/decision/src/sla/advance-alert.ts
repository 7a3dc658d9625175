import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";

/** How long things must last. 0 for escalation: never. Milliseconds. */
export interface AlertTiming {
  /** The condition holds for this long before the alert is raised. */
  readonly forMs: number;
  /** The condition is over, or milder, for this long before the alert is. */
  readonly resolveAfterMs: number;
  /** Time without acknowledgement after which it is made one step worse, again and again. */
  readonly escalateAfterMs: number;
}

/** Where an alert is. */
export type AlertState =
  | { readonly phase: "quiet" }
  | { readonly phase: "pending"; readonly since: number }
  | {
      readonly phase: "raised";
      readonly raisedAt: number;
      /** How bad the condition is by itself. */
      readonly base: AlertSeverity;
      readonly escalations: number;
      /** Unix milliseconds at which it was raised or last made worse. */
      readonly steppedAt: number;
      readonly acknowledged: boolean;
      /** Unix milliseconds since which the condition is milder or over, and the worst it was since then. */
      readonly milderSince: number | undefined;
      readonly milder: AlertSeverity;
      /** Unix milliseconds since which the condition is over. */
      readonly overSince: number | undefined;
    };

/** What happens to an alert. */
export type AlertEvent =
  /** How bad it is now: UNSPECIFIED when the condition does not hold; undefined when it cannot be told. */
  | { readonly kind: "observed"; readonly severity: AlertSeverity | undefined }
  | { readonly kind: "acknowledged" };

/** What people are to be told. */
export type AlertNews = "raised" | "worsened" | "escalated" | "eased" | "resolved" | "acknowledged";

/** An alert's next state, and what is to be told of it. */
export interface AlertStep {
  readonly state: AlertState;
  readonly news: AlertNews | undefined;
}

/** An alert that is not there. */
export const QUIET: AlertState = { phase: "quiet" };

type Raised = Extract<AlertState, { phase: "raised" }>;

/** How bad an alert is shown: its condition, made worse a step for each escalation. */
export function shownSeverity({ base, escalations }: Pick<Raised, "base" | "escalations">): AlertSeverity {
  return Math.min(AlertSeverity.EMERGENCY, base + escalations) as AlertSeverity;
}

/** Takes an event into an alert. */
export function advanceAlert(state: AlertState, event: AlertEvent, timing: AlertTiming, now: number): AlertStep {
  if (event.kind === "acknowledged") return acknowledge(state);
  // What cannot be told changes nothing: neither an alert's start nor its end comes out of silence.
  if (event.severity === undefined) return { state, news: undefined };
  if (state.phase === "raised") return observeRaised(state, event.severity, timing, now);
  if (event.severity === AlertSeverity.UNSPECIFIED) return { state: QUIET, news: undefined };
  const since = state.phase === "pending" ? Math.min(state.since, now) : now;
  if (now - since < timing.forMs) return { state: { phase: "pending", since }, news: undefined };
  return { state: raise(event.severity, now), news: "raised" };
}

function raise(base: AlertSeverity, now: number): Raised {
  return { phase: "raised", base, raisedAt: now, escalations: 0, steppedAt: now, acknowledged: false, ...LASTING };
}

function acknowledge(state: AlertState): AlertStep {
  if (state.phase !== "raised" || state.acknowledged) return { state, news: undefined };
  return { state: { ...state, acknowledged: true }, news: "acknowledged" };
}

function observeRaised(state: Raised, severity: AlertSeverity, timing: AlertTiming, now: number): AlertStep {
  if (severity > state.base) return { state: { ...state, ...LASTING, base: severity }, news: "worsened" };
  if (severity === state.base) return escalate({ ...state, ...LASTING }, timing, now);
  const overSince = severity === AlertSeverity.UNSPECIFIED ? Math.min(state.overSince ?? now, now) : undefined;
  if (overSince !== undefined && now - overSince >= timing.resolveAfterMs) return { state: QUIET, news: "resolved" };
  const milderSince = Math.min(state.milderSince ?? now, now);
  const milder = Math.max(state.milderSince === undefined ? severity : state.milder, severity) as AlertSeverity;
  if (now - milderSince < timing.resolveAfterMs) return escalate({ ...state, milderSince, milder, overSince }, timing, now);
  return { state: { ...state, ...LASTING, overSince, base: milder }, news: "eased" };
}

/** The condition is as bad as the alert says. */
const LASTING = { milderSince: undefined, milder: AlertSeverity.UNSPECIFIED, overSince: undefined } as const;

function escalate(state: Raised, { escalateAfterMs }: AlertTiming, now: number): AlertStep {
  const waits = escalateAfterMs > 0 && !state.acknowledged && shownSeverity(state) < AlertSeverity.EMERGENCY;
  // An alert whose condition is over is about to end: nobody is to be woken for it.
  if (!waits || state.overSince !== undefined || now - state.steppedAt < escalateAfterMs) return { state, news: undefined };
  return { state: { ...state, escalations: state.escalations + 1, steppedAt: now }, news: "escalated" };
}
