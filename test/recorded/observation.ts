import type { Answer } from "./answer.ts";
import type { Difference } from "./difference.ts";
import type { Loose } from "./json.ts";

/** What came of a request. */
export interface Observation {
  /** Undefined: there was none. */
  readonly answer: Answer | undefined;
  /** Undefined: there was none. */
  readonly error: ObservedError | undefined;
  /** Fields of the request that were said to be dropped, clamped or done in another way. */
  readonly adaptations: readonly string[];
  /** What is wrong with the form in which it was told. */
  readonly problems: readonly Difference[];
  /** Whether the tokens used are told where the dialect tells them. */
  readonly usageTold: boolean;
  /** The answer's body, where it came whole in a dialect of the edge. */
  readonly body?: Loose | undefined;
  /** Tokens, where a count was asked for. */
  readonly tokens?: number | undefined;
}

/** A failure, as a caller is told it. */
export interface ObservedError {
  /** Word of the stable code. */
  readonly code: string;
  readonly message: string;
  /** Milliseconds to wait; undefined: none are told. */
  readonly waitMs: number | undefined;
}
