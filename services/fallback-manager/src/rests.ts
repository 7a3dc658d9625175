import { targetKey, type TargetName } from "@fairlead/decision/balancing/adapter-directory";

/** Targets remembered at most; one beyond them is called as if it had not asked for anything. */
const MOST = 10_000;

/** Targets that asked not to be called before a time, as this process was told. */
export class Rests {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Unix milliseconds before which a target does not want to be called; 0: at any time. */
  until(target: TargetName): number {
    if (this.#until.size === 0) return 0;
    const key = targetKey(target);
    const until = this.#until.get(key);
    if (until === undefined) return 0;
    if (until > this.#now()) return until;
    this.#until.delete(key);
    return 0;
  }

  /** A target asked to wait. Of two wishes the longer one counts. */
  ask(target: TargetName, milliseconds: number): void {
    const key = targetKey(target);
    const until = Math.max(this.#until.get(key) ?? 0, this.#now() + milliseconds);
    if (!this.#until.has(key) && this.#until.size >= MOST) this.#forgetPast();
    if (this.#until.has(key) || this.#until.size < MOST) this.#until.set(key, until);
  }

  /** A person wants it called again. */
  clear(target: TargetName): void {
    this.#until.delete(targetKey(target));
  }

  #forgetPast(): void {
    for (const [key, until] of this.#until) if (until <= this.#now()) this.#until.delete(key);
  }
}
