import { chooseRetry, type RetryBounds, type RetryCandidate, type RetryChoice } from "@fairlead/decision/fallback/choose-retry";

type Candidate = { -readonly [K in keyof RetryCandidate]: RetryCandidate[K] };

/** The targets of one plan that may get over their failure. */
export class RetryCandidates {
  readonly #candidates: Candidate[] = [];

  /** A target failed: it may be called again, from a time on (unix milliseconds), or not. */
  note(index: number, mayRecover: boolean, notBefore: number): void {
    const known = this.#candidates.findIndex((candidate) => candidate.index === index);
    const candidate = this.#candidates[known];
    if (!mayRecover) {
      if (candidate !== undefined) this.#candidates.splice(known, 1);
    } else if (candidate === undefined) this.#candidates.push({ index, retries: 0, notBefore });
    else candidate.notBefore = notBefore;
  }

  /** Whom to call again; undefined: nobody. `waitMs` is that of `chooseRetry`. */
  choose(now: number, bounds: RetryBounds, waitMs: (retry: number, leastMs: number) => number): RetryChoice | undefined {
    return chooseRetry(this.#candidates, now, bounds, waitMs);
  }

  /** A target is called again. */
  called(index: number): void {
    const candidate = this.#candidates.find((one) => one.index === index);
    if (candidate !== undefined) candidate.retries += 1;
  }
}
