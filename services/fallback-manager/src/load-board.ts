import type { TargetName } from "@fairlead/decision/balancing/adapter-directory";
import { targetKey } from "@fairlead/decision/balancing/adapter-directory";

/** Calls of one target in flight, and those that wait to be sent. */
export interface TargetCalls {
  readonly target: TargetName;
  active: number;
  queued: number;
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
  begin(target: TargetName): void {
    this.#count(target, "active", 1);
  }

  /** A call of a target has ended. */
  end(target: TargetName): void {
    this.#count(target, "active", -1);
  }

  /** A call of a target waits to be sent. @returns to be called once, when it no longer waits */
  wait(target: TargetName): () => void {
    this.#count(target, "queued", 1);
    return () => this.#count(target, "queued", -1);
  }

  /** Tells a last time, that nothing is in flight. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#regular);
    clearTimeout(this.#soon);
    this.#report([]);
  }

  #count(target: TargetName, what: "active" | "queued", change: 1 | -1): void {
    const key = targetKey(target);
    const calls = this.#calls.get(key) ?? { target, active: 0, queued: 0 };
    if (!this.#calls.has(key) && (change < 0 || this.#calls.size >= MOST_TARGETS)) return;
    calls[what] = Math.max(0, calls[what] + change);
    if (calls.active + calls.queued === 0) this.#calls.delete(key);
    else this.#calls.set(key, calls);
    this.#changed();
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
