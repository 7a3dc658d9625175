import type { Event } from "@fairlead/contracts/events/v1/event";

/** Gathers the events of one turn of the event loop by subject. */
export class TurnBatcher {
  readonly #flush: (subject: string, events: Event[]) => void;
  #pending = new Map<string, Event[]>();
  #scheduled = false;

  constructor(flush: (subject: string, events: Event[]) => void) {
    this.#flush = flush;
  }

  add(subject: string, event: Event): void {
    const events = this.#pending.get(subject);
    if (events === undefined) this.#pending.set(subject, [event]);
    else events.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Hands over what is gathered, now. */
  flush(): void {
    this.#scheduled = false;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [subject, events] of pending) this.#flush(subject, events);
  }
}
