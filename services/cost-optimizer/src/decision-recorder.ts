import type { DecisionMade, Event, OutcomeObserved } from "@fairlead/contracts/events/v1/event";
import type { RecordedOutcome, RecordedTarget } from "@fairlead/decision/replay/recorded-outcome";
import type { DecisionLog } from "@fairlead/state/decision-log";

/** What recording needs. */
export interface DecisionRecorderPorts {
  readonly decisions: DecisionLog;
  readonly now: () => number;
  readonly onRecorded: (count: number) => void;
  readonly onDropped: (count: number) => void;
}

/** Records that wait to be written; above it the oldest are dropped and counted. */
const MOST_WAITING = 5_000;
const WRITTEN_AT_ONCE = 500;
/** Decisions whose outcome is awaited; of more, the oldest are forgotten. */
const MOST_DECISIONS = 20_000;

/** Keeps what routers decided and what came of it, for a time. Nobody waits for it. */
export class DecisionRecorder {
  readonly #ports: DecisionRecorderPorts;
  readonly #firsts = new Map<string, RecordedTarget>();
  #waiting: RecordedOutcome[] = [];

  constructor(ports: DecisionRecorderPorts) {
    this.#ports = ports;
  }

  /** Takes in decisions and outcomes. An outcome does not name the target that was tried first; its decision does. */
  hear(events: readonly Event[]): void {
    for (const { fact, occurredUnixMs } of events) {
      if (fact.case === "decisionMade") this.#await(fact.value);
      else if (fact.case === "outcomeObserved") this.#take(fact.value, Number(occurredUnixMs));
    }
    const dropped = this.#waiting.length - MOST_WAITING;
    if (dropped <= 0) return;
    this.#waiting = this.#waiting.slice(dropped);
    this.#ports.onDropped(dropped);
  }

  #await({ requestId, provider, model }: DecisionMade): void {
    if (provider === "") return;
    this.#firsts.set(requestId, { provider, model });
    const [oldest] = this.#firsts.keys();
    if (this.#firsts.size > MOST_DECISIONS && oldest !== undefined) this.#firsts.delete(oldest);
  }

  #take(outcome: OutcomeObserved, occurredMs: number): void {
    const first = this.#firsts.get(outcome.requestId);
    this.#firsts.delete(outcome.requestId);
    this.#waiting.push({ occurredMs: Math.min(occurredMs, this.#ports.now()), outcome, first });
  }

  /** Writes what waits. Rejects with StateError; what could not be written waits on. */
  async write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#waiting.slice(0, WRITTEN_AT_ONCE);
      this.#waiting = this.#waiting.slice(some.length);
      try {
        await this.#ports.decisions.append(some);
      } catch (error) {
        this.#waiting = [...some, ...this.#waiting].slice(-MOST_WAITING);
        throw error;
      }
      this.#ports.onRecorded(some.length);
    }
  }
}
