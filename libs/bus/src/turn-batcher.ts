/** Items handed over together at most. */
const MOST = 1_000;

/** Gathers the items of one turn of the event loop by subject. */
export class TurnBatcher<T> {
  readonly #flush: (subject: string, items: T[]) => void;
  #pending = new Map<string, T[]>();
  #scheduled = false;

  /** @param flush takes the items of a subject, in order; must not throw */
  constructor(flush: (subject: string, items: T[]) => void) {
    this.#flush = flush;
  }

  add(subject: string, item: T): void {
    const items = this.#pending.get(subject);
    if (items === undefined) this.#pending.set(subject, [item]);
    else items.push(item);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Hands over what is gathered, now. */
  flush(): void {
    this.#scheduled = false;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [subject, items] of pending) {
      if (items.length <= MOST) this.#flush(subject, items);
      else for (let from = 0; from < items.length; from += MOST) this.#flush(subject, items.slice(from, from + MOST));
    }
  }
}
