import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Alert, AlertSchema } from "@fairlead/contracts/sla/v1/alert";
import { type AlertState, QUIET, shownSeverity } from "@fairlead/decision/sla/advance-alert";
import type { RecordStore } from "@fairlead/state/record-store";

const KIND = "sla-alert";
const TOLD_KIND = "sla-alert-told";
const DAY = 86_400_000;
const KEEP_OVER_MS = 30 * DAY;
const KEEP_ACTIVE_MS = 3_650 * DAY;

/** Alerts as they are kept: each by its name, with a revision that one writer at a time can raise. Rejects with StateError. */
export class AlertRecords {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  async list(): Promise<Alert[]> {
    return (await this.#records.load(KIND)).map(({ value }) => fromBinary(AlertSchema, value));
  }

  async find(alertId: string): Promise<Alert | undefined> {
    const [found] = await this.#records.load(KIND, { from: alertId, before: `${alertId}\u0000` });
    return found === undefined ? undefined : fromBinary(AlertSchema, found.value);
  }

  /** Keeps an alert; false where another wrote its revision, or a later one. */
  put(alert: Alert, now: number): Promise<boolean> {
    const record = { key: alert.alertId, revision: Number(alert.revision), value: toBinary(AlertSchema, alert) };
    return this.#records.put(KIND, record, now + (alert.resolved ? KEEP_OVER_MS : KEEP_ACTIVE_MS), now);
  }

  /** Remembers that endpoints were told of an alert as it is. */
  async told({ alertId, revision }: Alert, now: number): Promise<void> {
    await this.#records.put(TOLD_KIND, { key: alertId, revision: Number(revision), value: new Uint8Array() }, now + KEEP_OVER_MS, now);
  }

  /** Revisions that endpoints were told of, by alert. */
  async allTold(): Promise<Map<string, number>> {
    return new Map((await this.#records.load(TOLD_KIND)).map(({ key, revision }) => [key, revision]));
  }
}

/** The state of an alert as it was kept. */
export function stateOf(alert: Alert): AlertState {
  if (alert.resolved) return QUIET;
  return {
    phase: "raised",
    raisedAt: millisecondsOf(alert.raisedAt),
    base: alert.baseSeverity,
    escalations: alert.escalations,
    steppedAt: millisecondsOf(alert.escalatedAt ?? alert.raisedAt),
    acknowledged: alert.acknowledgedBy !== "",
    milderSince: undefined,
    milder: 0,
    overSince: undefined,
  };
}

/** What an alert says beside its state. */
export interface AlertText {
  readonly rule: string;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An alert as it is kept next, after a change. */
export function nextAlert(alertId: string, known: Alert | undefined, state: AlertState, text: AlertText, now: number): Alert {
  const before = known?.resolved === false ? known : undefined;
  const raised = state.phase === "raised";
  const alert = create(AlertSchema, {
    alertId,
    rule: text.rule,
    message: text.message,
    labels: { ...text.labels },
    source: "sla-monitor",
    severity: raised ? shownSeverity(state) : (before?.severity ?? 0),
    baseSeverity: raised ? state.base : (before?.baseSeverity ?? 0),
    resolved: !raised,
    escalations: raised ? state.escalations : (before?.escalations ?? 0),
    acknowledgedBy: before?.acknowledgedBy ?? "",
    comment: before?.comment ?? "",
    changedAt: timestampFromMs(now),
    raisedAt: raised ? timestampFromMs(state.raisedAt) : (before?.raisedAt ?? timestampFromMs(now)),
    revision: (known?.revision ?? 0n) + 1n,
  });
  if (before?.acknowledgedAt !== undefined) alert.acknowledgedAt = before.acknowledgedAt;
  if (raised && state.steppedAt > state.raisedAt) alert.escalatedAt = timestampFromMs(state.steppedAt);
  if (!raised) alert.resolvedAt = timestampFromMs(now);
  return alert;
}

function millisecondsOf(timestamp: Alert["raisedAt"]): number {
  return timestamp === undefined ? 0 : timestampMs(timestamp);
}
