import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AlertChanged } from "@fairlead/contracts/events/v1/event";
import { type Alert, AlertSchema, AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { advanceAlert, type AlertNews, type AlertState, type AlertTiming, QUIET } from "@fairlead/decision/sla/advance-alert";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AlertRecords, type AlertText, nextAlert, stateOf } from "./alert-records.ts";
import type { Lease } from "./lease.ts";

/** What the alerts need. */
export interface AlertBookPorts {
  readonly records: AlertRecords;
  readonly lease: Lease;
  /** Tells people of a change, once. */
  readonly tell: (alert: Alert, news: AlertNews) => void;
  readonly problem: (error: unknown, what: string) => void;
}

/** What is seen of an alert's condition. */
export interface Observation extends AlertText {
  readonly alertId: string;
  /** How bad it is: UNSPECIFIED where the condition does not hold; undefined where it cannot be told. */
  readonly severity: AlertSeverity | undefined;
  readonly timing: AlertTiming;
}

interface Entry {
  state: AlertState;
  /** As it is kept. */
  alert: Alert | undefined;
  readonly rule: string;
}

/** How often a change is tried when somebody else changed the alert in between. */
const MOST_TRIES = 4;

/**
 * The alerts. One of several replicas looks after them: it alone follows their conditions, and it tells a change when it
 * has written the alert's next revision. Another that takes over goes on from what is kept, so a change is told once.
 * While the store cannot be reached, changes are told all the same and kept later.
 */
export class AlertBook {
  readonly #ports: AlertBookPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #unkept = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(ports: AlertBookPorts) {
    this.#ports = ports;
  }

  /** Takes up the alerts as they are kept. Rejects with StateError. */
  async takeUp(): Promise<Alert[]> {
    const alerts = await this.#ports.records.list();
    for (const alert of alerts) this.#adopt(alert);
    return alerts;
  }

  /** Takes in what is seen of a condition. */
  observe(seen: Observation, now: number): void {
    if (!this.#ports.lease.held()) return;
    const entry = this.#entries.get(seen.alertId) ?? { state: QUIET, alert: undefined, rule: seen.rule };
    const { state, news } = advanceAlert(entry.state, { kind: "observed", severity: seen.severity }, seen.timing, now);
    entry.state = state;
    if (news !== undefined) this.#change(entry, seen, news, now);
    if (state.phase === "quiet" && entry.alert === undefined) this.#entries.delete(seen.alertId);
    else this.#entries.set(seen.alertId, entry);
  }

  /** Names of the alerts of a rule that are raised or about to be. */
  under(rule: string): string[] {
    return [...this.#entries].filter(([, entry]) => entry.rule === rule && entry.state.phase !== "quiet").map(([alertId]) => alertId);
  }

  /** The text of an alert as it was last told. */
  textOf(alertId: string): AlertText {
    const alert = this.#entries.get(alertId)?.alert;
    return { rule: alert?.rule ?? "", message: alert?.message ?? "", labels: alert?.labels ?? {} };
  }

  /** Active alerts, as far as this replica knows. */
  active(): Alert[] {
    return [...this.#entries.values()].flatMap(({ alert }) => (alert === undefined || alert.resolved ? [] : [alert]));
  }

  /** All alerts that are kept; those that are known here where the store cannot be reached. */
  async list(): Promise<Alert[]> {
    await this.#work;
    try {
      return await this.#ports.records.list();
    } catch (error) {
      this.#ports.problem(error, "kept alerts could not be read");
      return [...this.#entries.values()].flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
    }
  }

  /**
   * Takes note of an alert.
   *
   * @throws FairleadError NOT_FOUND, CONFLICT when it is over, or UNAVAILABLE when it could not be kept
   */
  async acknowledge(alertId: string, by: string, comment: string, now: number): Promise<Alert> {
    await this.#work;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const known = await this.#ports.records.find(alertId);
      if (known === undefined) throw failure(ErrorCode.NOT_FOUND, "There is no such alert.");
      if (known.resolved) throw failure(ErrorCode.CONFLICT, "The alert is over.");
      if (known.acknowledgedBy !== "") return known;
      const at = timestampFromMs(now);
      const alert: Alert = { ...known, acknowledgedBy: by, comment, acknowledgedAt: at, changedAt: at, revision: known.revision + 1n };
      if (!(await this.#ports.records.put(alert, now))) continue;
      this.#adopt(alert);
      this.#ports.tell(alert, "acknowledged");
      return alert;
    }
    throw failure(ErrorCode.UNAVAILABLE, "The alert changes too fast; try again.");
  }

  /** Reads an alert anew that another replica changed. */
  refresh(alertId: string): void {
    this.#enqueue(async () => {
      const alert = await this.#ports.records.find(alertId);
      if (alert !== undefined) this.#adopt(alert);
    });
  }

  /** Keeps an alert of another service; resolves to it where it was not known as it is. Only who looks after alerts does. */
  hear(told: AlertChanged, source: string, now: number): void {
    if (!this.#ports.lease.held()) return;
    this.#enqueue(async () => {
      const known = await this.#ports.records.find(told.alertId);
      const alert = foreignAlert(told, source, known, now);
      if (alert === undefined || !(await this.#ports.records.put(alert, now))) return;
      this.#adopt(alert);
      this.#ports.tell(alert, alert.resolved ? "resolved" : "raised");
    });
  }

  /** Keeps again what could not be kept. */
  retry(now: number): void {
    for (const alertId of this.#unkept) {
      const alert = this.#entries.get(alertId)?.alert;
      if (alert === undefined) this.#unkept.delete(alertId);
      else this.#enqueue(() => this.#keepAgain(alert, now));
    }
  }

  /** Waits until everything that changed is kept. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #change(entry: Entry, { alertId, ...text }: Observation, news: AlertNews, now: number): void {
    const { state } = entry;
    const first = nextAlert(alertId, entry.alert, state, text, now);
    entry.alert = first;
    this.#enqueue(async () => {
      let alert = first;
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        if (await this.#keep(alert, now)) {
          this.#ports.tell(alert, news);
          return;
        }
        const kept = await this.#ports.records.find(alertId);
        const next = nextAlert(alertId, kept, state, text, now);
        if (next.acknowledgedBy !== "" && entry.state.phase === "raised") entry.state = { ...entry.state, acknowledged: true };
        if (entry.alert === alert) entry.alert = next;
        alert = next;
      }
      this.#ports.problem(undefined, "an alert changes too fast to be kept");
    });
  }

  /** Whether the alert may be told: it was kept, or the store cannot be reached. */
  async #keep(alert: Alert, now: number): Promise<boolean> {
    try {
      const kept = await this.#ports.records.put(alert, now);
      if (kept) this.#unkept.delete(alert.alertId);
      return kept;
    } catch (error) {
      this.#unkept.add(alert.alertId);
      this.#ports.problem(error, "an alert could not be kept");
      return true;
    }
  }

  async #keepAgain(alert: Alert, now: number): Promise<void> {
    if (!(await this.#ports.records.put(alert, now))) this.refresh(alert.alertId);
    this.#unkept.delete(alert.alertId);
  }

  #adopt(alert: Alert): void {
    const known = this.#entries.get(alert.alertId);
    if (known?.alert !== undefined && known.alert.revision > alert.revision) return;
    const state = stateOf(alert);
    const pending = known?.state.phase === "pending" && state.phase === "quiet";
    // What is known of how long the condition is milder is kept; the rest is as it was written.
    const kept = known?.state.phase === "raised" && state.phase === "raised" ? { ...known.state, acknowledged: state.acknowledged } : state;
    this.#entries.set(alert.alertId, { state: pending ? known.state : kept, alert, rule: alert.rule });
  }

  /** One change after the other, so that revisions follow each other. */
  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#ports.problem(error, "alerts could not be read or kept"));
  }
}

const SEVERITIES: Readonly<Record<string, AlertSeverity>> = {
  info: AlertSeverity.INFO,
  warning: AlertSeverity.WARNING,
  critical: AlertSeverity.CRITICAL,
  emergency: AlertSeverity.EMERGENCY,
};

/** An alert of another service as it is kept here; undefined where it is known as it is. */
function foreignAlert(told: AlertChanged, source: string, known: Alert | undefined, now: number): Alert | undefined {
  const severity = SEVERITIES[told.severity] ?? AlertSeverity.WARNING;
  const before = known?.resolved === false ? known : undefined;
  const raisedBefore = known?.raisedAt === undefined ? 0n : BigInt(timestampMs(known.raisedAt));
  const sameTime = told.raisedUnixMs === 0n || told.raisedUnixMs === raisedBefore;
  if (known?.resolved === told.resolved && known.message === told.message && known.severity === severity && sameTime) return undefined;
  const raised = told.raisedUnixMs > 0n ? Number(told.raisedUnixMs) : now;
  const alert = create(AlertSchema, {
    alertId: told.alertId,
    severity,
    baseSeverity: severity,
    message: told.message,
    resolved: told.resolved,
    labels: told.labels,
    source,
    raisedAt: before?.raisedAt ?? timestampFromMs(raised),
    changedAt: timestampFromMs(now),
    acknowledgedBy: before?.acknowledgedBy ?? told.acknowledgedBy,
    comment: before?.comment ?? "",
    revision: (known?.revision ?? 0n) + 1n,
  });
  if (before?.acknowledgedAt !== undefined) alert.acknowledgedAt = before.acknowledgedAt;
  if (told.resolved) alert.resolvedAt = timestampFromMs(now);
  return alert;
}
