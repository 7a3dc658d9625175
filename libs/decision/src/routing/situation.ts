/** How the mesh stands when a request comes, as far as weights depend on it. */
export interface Situation {
  /** Share that is gone of the request's budget that is used most, 0 to 1. 0 also where it is under none. */
  readonly budgetUsed: number;
  /** Spend expected by the end of the window as a share of the limit; undefined: not known. */
  readonly budgetExpected: number | undefined;
  /** Share of the contenders' room that is taken, 0 to 1. */
  readonly load: number;
  /** Share of the contenders that are degraded or worse, 0 to 1. */
  readonly troubled: number;
}

/** Nothing is known that weights would depend on. */
export const CALM: Situation = { budgetUsed: 0, budgetExpected: undefined, load: 0, troubled: 0 };
