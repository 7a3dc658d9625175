import type { EventCounts } from "@fairlead/decision/sla/error-budget";

const SLICES = 12;

/** Good and bad events of the last while, in twelve slices that leave one after the other. */
export class SlidingCounts {
  readonly #sliceMs: number;
  readonly #good = new Float64Array(SLICES);
  readonly #bad = new Float64Array(SLICES);
  /** Number of the newest slice. */
  #newest = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  /** Takes in events of a time; those of before the window are left out. */
  add(good: number, bad: number, at: number): void {
    const number = this.#forget(at);
    if (number <= this.#newest - SLICES) return;
    const slot = number % SLICES;
    this.#good[slot] = (this.#good[slot] ?? 0) + good;
    this.#bad[slot] = (this.#bad[slot] ?? 0) + bad;
  }

  /** Events of the window that ends now. */
  counts(now: number): EventCounts {
    this.#forget(now);
    return { good: sum(this.#good), bad: sum(this.#bad) };
  }

  /** Moves the window up to a time; the number of its slice. */
  #forget(at: number): number {
    const number = Math.floor(at / this.#sliceMs);
    const first = Math.max(this.#newest + 1, number - SLICES + 1);
    for (let gone = first; gone <= number; gone += 1) {
      this.#good[gone % SLICES] = 0;
      this.#bad[gone % SLICES] = 0;
    }
    this.#newest = Math.max(this.#newest, number);
    return number;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
