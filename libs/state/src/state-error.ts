/** Why shared state could not be read or changed. */
export type StateErrorKind =
  /** The store did not answer, or not in time. It is not known whether a change was made. */
  | "unavailable"
  /** Too much is waiting for the store already; nothing was changed. */
  | "overloaded"
  /** A bound on what is stored was reached; nothing was changed. */
  | "full";

/** The failure of a store. Its message holds nothing of what was stored. */
export class StateError extends Error {
  readonly kind: StateErrorKind;

  constructor(kind: StateErrorKind, message: string) {
    super(message);
    this.name = "StateError";
    this.kind = kind;
  }
}
