import type { BudgetState } from "@fairlead/contracts/cost/v1/budget";
import { budgetAlertId, budgetAlerts, budgetOfAlert } from "@fairlead/decision/cost/budget-alerts";
import { type AlertNote, type AlertStep, planAlerts, type WantedAlert } from "@fairlead/decision/cost/plan-alerts";
import { modelOfPriceAlert, priceAlert } from "@fairlead/decision/cost/price-alert";
import { reachedThresholds } from "@fairlead/decision/cost/reached-thresholds";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { SharedNotes } from "@fairlead/state/shared-notes";
import type { PriceBook } from "./price-book.ts";

/** What the alerts need. */
export interface AlertBookPorts {
  readonly notes: SharedNotes;
  readonly ledger: Pick<BudgetLedger, "states">;
  readonly prices: Pick<PriceBook, "unpriced" | "isUnpriced">;
  readonly now: () => number;
  /** False while nobody would hear: alerts then wait. */
  readonly heard: () => boolean;
  /** Tells that an alert began, or is over. */
  readonly tell: (alert: ToldAlert) => void;
}

/** An alert that began or is over. */
export interface ToldAlert {
  /** The same from every replica and at every try, so that whoever hears it acts once. */
  readonly eventId: string;
  readonly alert: WantedAlert;
  readonly raisedMs: number;
  readonly resolved: boolean;
}

const TOPIC = "alerts";
/** Milliseconds after which an alert that somebody began to tell is told by another. */
const TELL_MS = 5_000;
/** Alerts told in one review; the rest follow at the next. */
const MOST_STEPS = 200;

/**
 * The alerts that were told. Replicas agree through shared notes on who tells what, so that each alert and its end are told
 * once, also when a process dies or starts anew.
 */
export class AlertBook {
  readonly #ports: AlertBookPorts;
  #notes: ReadonlyMap<string, AlertNote> | undefined;

  constructor(ports: AlertBookPorts) {
    this.#ports = ports;
  }

  /** Percents of a budget's limit that were told in its window, rising. */
  toldPercents(state: BudgetState): number[] {
    const occasion = String(state.windowStart?.seconds ?? 0n);
    const { budgetId = "" } = state.budget ?? {};
    return reachedThresholds(state)
      .map(({ percent }) => percent)
      .filter((percent) => {
        const note = this.#notes?.get(budgetAlertId(budgetId, percent));
        return note?.phase === "told" && note.alert.occasion === occasion;
      });
  }

  /**
   * Tells what is to be told. Rejects with StateError.
   *
   * @returns budgets of which something was told, or was told by others
   */
  async review(budgets: readonly BudgetState[]): Promise<ReadonlySet<string>> {
    if (!this.#ports.heard()) return new Set();
    const known = this.#notes ?? (await this.#read());
    const first = this.#plan(budgets, known);
    if (first.length === 0) return new Set();
    // What this replica knows may be old. Notes are read before budgets: what a note says has then reached the ledger.
    const notes = await this.#read();
    const concerned = new Set(
      first.map(({ during }) => budgetOfAlert(during.alert.alertId)).filter((id) => id !== undefined),
    );
    const fresh = await this.#ports.ledger.states(this.#ports.now(), [...concerned]);
    const ids = new Set(first.map(({ during }) => during.alert.alertId));
    for (const step of this.#plan(fresh, notes)) if (ids.has(step.during.alert.alertId)) await this.#take(step);
    await this.#read();
    return concerned;
  }

  #plan(budgets: readonly BudgetState[], notes: ReadonlyMap<string, AlertNote>): AlertStep[] {
    const { prices, now } = this.#ports;
    const wanted = [
      ...budgets.flatMap(budgetAlerts),
      ...prices.unpriced(now()).map(({ provider, model }) => priceAlert(provider, model)),
    ];
    const isOver = (alertId: string) => {
      const model = modelOfPriceAlert(alertId);
      return model === undefined || prices.isUnpriced(model, now()) === false;
    };
    return planAlerts({ wanted, notes, isOver, now: now(), tellMs: TELL_MS }).slice(0, MOST_STEPS);
  }

  /** Says that it will be told, tells it, and says that it was; another that was quicker leaves nothing to do. */
  async #take({ before, during, after }: AlertStep): Promise<void> {
    const { notes, tell } = this.#ports;
    const { alertId } = during.alert;
    const said = JSON.stringify(during);
    if (!(await notes.swap(TOPIC, alertId, before === undefined ? undefined : JSON.stringify(before), said))) return;
    const resolved = after === undefined;
    const eventId = `${alertId}/${during.raisedMs}${resolved ? "/resolved" : ""}`;
    tell({ eventId, alert: during.alert, raisedMs: during.raisedMs, resolved });
    await notes.swap(TOPIC, alertId, said, resolved ? undefined : JSON.stringify(after));
  }

  async #read(): Promise<ReadonlyMap<string, AlertNote>> {
    const notes = new Map<string, AlertNote>();
    for (const [alertId, note] of await this.#ports.notes.read(TOPIC))
      notes.set(alertId, JSON.parse(note) as AlertNote);
    this.#notes = notes;
    return notes;
  }
}
