import type { OutcomeObserved } from "@fairlead/contracts/events/v1/event";

/** A model at a provider. Its deployments count as one. */
export interface RecordedTarget {
  readonly provider: string;
  readonly model: string;
}

/** What was decided for a request and what came of it. */
export interface RecordedOutcome {
  /** Unix milliseconds. */
  readonly occurredMs: number;
  readonly outcome: OutcomeObserved;
  /** The target that was tried first; undefined: not known, as where another answered and nobody heard the decision. */
  readonly first: RecordedTarget | undefined;
}

/** The target that was tried first, as far as it is known. */
export function firstTarget({ outcome, first }: RecordedOutcome): RecordedTarget | undefined {
  if (first !== undefined) return first;
  return outcome.fellBack || outcome.provider === "" ? undefined : outcome;
}

/** One name of a target, for use as a key. */
export function recordedKey({ provider, model }: RecordedTarget): string {
  return `${provider}/${model}`;
}
