/** Asks one shape the same question again and again. */
export interface Caller {
  /**
   * Asks once.
   *
   * @returns when the first text of a stream was there, on the shared clock; 0 where nothing is streamed
   * @throws Error where the answer is a refusal, is not whole or takes too long
   */
  ask(): Promise<number>;
  close(): Promise<void>;
}

/** Milliseconds after which an answer is given up. */
export const ANSWER_MS = 10_000;
