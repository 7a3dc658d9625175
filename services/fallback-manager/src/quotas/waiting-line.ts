import {
  emptyQueue,
  enqueue,
  type FairQueue,
  nextInLine,
  serveNext,
  withdraw,
} from "@fairlead/decision/balancing/quota/fair-queue";
import { abortError } from "@fairlead/rpc/deadline";

/** A request that waits. */
export interface LineEntry {
  readonly tenant: string;
  /** Of the tenant, above 0. */
  readonly weight: number;
  /** What serving it takes, above 0; tenants get the same of it by their weights. */
  readonly cost: number;
  readonly tokens: number;
  readonly signal: AbortSignal;
  /** Monotonic time. */
  readonly giveUpAt: number;
}

interface Waiter<Served> extends LineEntry {
  readonly resolve: (served: Served) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that wait in an order that is fair between tenants, each until its own time is over. */
export class WaitingLine<Served> {
  #queue: FairQueue<Waiter<Served>> = emptyQueue();

  get length(): number {
    return this.#queue.waiting.length;
  }

  /** Tokens of all that wait. */
  get tokens(): number {
    return this.#queue.waiting.reduce((sum, { item }) => sum + item.tokens, 0);
  }

  /** What serving all that wait takes. */
  get cost(): number {
    return this.#queue.waiting.reduce((sum, { cost }) => sum + cost, 0);
  }

  /** Tokens of the request that is next; undefined where none waits. */
  next(): number | undefined {
    return nextInLine(this.#queue)?.item.tokens;
  }

  /**
   * Waits for its turn.
   *
   * @param tooLate makes the refusal when its time is over
   */
  wait(entry: LineEntry, tooLate: () => Error): Promise<Served> {
    const { signal, giveUpAt } = entry;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#refuse(waiter, abortError(signal));
      const timer = setTimeout(() => this.#refuse(waiter, tooLate()), Math.max(0, giveUpAt - performance.now()));
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter<Served> = {
        ...entry,
        resolve: (served) => (settle(), resolve(served)),
        reject: (error) => (settle(), reject(error)),
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue = enqueue(this.#queue, waiter, entry);
    });
  }

  /** Serves the request that is next. */
  serve(served: Served): void {
    const next = nextInLine(this.#queue);
    this.#queue = serveNext(this.#queue);
    next?.item.resolve(served);
  }

  /** Refuses the request that is next. */
  refuseNext(error: Error): void {
    const next = nextInLine(this.#queue);
    if (next !== undefined) this.#refuse(next.item, error);
  }

  /** Refuses those whose time is over before a monotonic time. */
  refuseUntil(time: number, error: () => Error): void {
    for (const { item } of this.#queue.waiting) if (item.giveUpAt < time) this.#refuse(item, error());
  }

  /** Refuses all. */
  refuseAll(error: () => Error): void {
    const { waiting } = this.#queue;
    this.#queue = emptyQueue();
    for (const { item } of waiting) item.reject(error());
  }

  #refuse(waiter: Waiter<Served>, error: Error): void {
    this.#queue = withdraw(this.#queue, waiter);
    waiter.reject(error);
  }
}
