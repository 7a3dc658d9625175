import type { Target } from "./target.ts";
import { targetKey } from "./target.ts";

/** Calls of one target in flight. */
export interface TargetCalls {
  readonly target: Target;
  active: number;
}

/** Milliseconds between two reports at least. */
const LEAST_MS = 100;
/** Targets counted apart at most. */
const MOST_TARGETS = 10_000;

/** Counts the calls in flight by target, and tells them: soon after they changed, and regularly. */
export class LoadBoard {
  readonly #calls = new Map<string, TargetCalls>();
  readonly #report: (calls: readonly TargetCalls[]) => void;
  readonly #regular: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #reportedAt = 0;
  #closed = false;

  /**
   * @param everyMs milliseconds between two reports at most
   * @param report  told the targets with calls in flight; those not named have none
   */
  constructor(everyMs: number, report: (calls: readonly TargetCalls[]) => void) {
    this.#report = report;
    this.#regular = setInterval(() => this.#tell(), everyMs).unref();
  }

  /** A call of a target begins. */
  begin(target: Target): void {
    const key = targetKey(target);
    const calls = this.#calls.get(key);
    if (calls !== undefined) calls.active += 1;
    else if (this.#calls.size < MOST_TARGETS) this.#calls.set(key, { target, active: 1 });
    this.#changed();
  }

  /** A call of a target has ended. */
  end(target: Target): void {
    const key = targetKey(target);
    const calls = this.#calls.get(key);
    if (calls === undefined) return;
    calls.active -= 1;
    if (calls.active === 0) this.#calls.delete(key);
    this.#changed();
  }

  /** Tells a last time, that nothing is in flight. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#regular);
    clearTimeout(this.#soon);
    this.#report([]);
  }

  #changed(): void {
    if (this.#soon !== undefined || this.#closed) return;
    const wait = Math.max(0, this.#reportedAt + LEAST_MS - performance.now());
    this.#soon = setTimeout(() => this.#tell(), wait).unref();
  }

  #tell(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#reportedAt = performance.now();
    this.#report([...this.#calls.values()]);
  }
}
