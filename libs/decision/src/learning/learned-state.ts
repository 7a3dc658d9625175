import { type Drift, noDrift } from "./detect-change.ts";
import { type Evidence, noEvidence } from "./evidence.ts";

/** What requests are told apart by; both from closed sets. */
export interface LearningContext {
  /** Kind of task, for example code. */
  readonly category: string;
  /** How hard it is, for example simple. */
  readonly complexity: string;
}

/** What is known of an arm over all contexts. */
export interface ArmEvidence extends Evidence {
  readonly success: Drift;
  readonly rating: Drift;
  /** Unix milliseconds at which a change was last noticed. 0: never. */
  changedAt: number;
}

/** What is known of the arms in one context. */
export interface ContextEvidence extends LearningContext {
  /** Unix milliseconds of the newest outcome. */
  at: number;
  readonly arms: Record<string, Evidence>;
}

/**
 * What was learned. Plain numbers and texts, so that it goes through JSON unchanged; it is advanced in place, since a
 * router takes in every outcome of the mesh.
 */
export interface LearnedState {
  readonly version: 1;
  /** Unix milliseconds of the newest outcome: the time that all fading is measured from. */
  at: number;
  /** Outcomes taken in. */
  calls: number;
  /** By arm, which is "provider/model". */
  readonly arms: Record<string, ArmEvidence>;
  /** By `contextKey`. */
  readonly contexts: Record<string, ContextEvidence>;
}

/** A state that has learned nothing. */
export function createLearned(): LearnedState {
  return { version: 1, at: 0, calls: 0, arms: {}, contexts: {} };
}

/** An arm of which nothing is known. */
export function noArmEvidence(at: number): ArmEvidence {
  return { ...noEvidence(at), success: noDrift(), rating: noDrift(), changedAt: 0 };
}

/** The name of a context among others. */
export function contextKey({ category, complexity }: LearningContext): string {
  return `${category}|${complexity}`;
}

/** What a record holds under a name. What every object inherits, such as "constructor", holds no time and is nothing. */
export function entryOf<T extends { at: number }>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  const entry = record[name];
  return entry === undefined || typeof entry.at !== "number" ? undefined : entry;
}
