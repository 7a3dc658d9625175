/** Milliseconds between two messages of one process over NATS at least, for events that come steadily. */
export const PAUSE_MS = 20;

/** Items handed over together at most. */
const MOST = 1_000;

/**
 * Gathers items by subject: those of one turn of the event loop, and, where a pause is set, those that come within it
 * after the last ones were handed over. So a single item goes at once, and a steady flow goes in batches.
 */
export class TurnBatcher<T> {
  readonly #flush: (subject: string, items: T[]) => void;
  readonly #pauseMs: number;
  #pending = new Map<string, T[]>();
  #scheduled = false;
  #flushedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param flush   takes the items of a subject, in order; must not throw
   * @param pauseMs milliseconds between two hand-overs at least; 0: each turn has its own
   */
  constructor(flush: (subject: string, items: T[]) => void, pauseMs = 0) {
    this.#flush = flush;
    this.#pauseMs = pauseMs;
  }

  add(subject: string, item: T): void {
    const items = this.#pending.get(subject);
    if (items === undefined) this.#pending.set(subject, [item]);
    else items.push(item);
    if (this.#scheduled) return;
    this.#scheduled = true;
    const wait = this.#pauseMs === 0 ? 0 : this.#flushedAt + this.#pauseMs - performance.now();
    if (wait <= 0) setImmediate(() => this.flush());
    else setTimeout(() => this.flush(), wait);
  }

  /** Hands over what is gathered, now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#pauseMs > 0) this.#flushedAt = performance.now();
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [subject, items] of pending) {
      if (items.length <= MOST) this.#flush(subject, items);
      else for (let from = 0; from < items.length; from += MOST) this.#flush(subject, items.slice(from, from + MOST));
    }
  }
}
