/**
 * Small texts by topic and name that all replicas of a service agree on: what has been told, what has been learned. A
 * note is only changed by comparing it first, so that of several replicas one succeeds and the others read again.
 *
 * All methods reject with StateError.
 */
export interface SharedNotes {
  /** All notes of a topic, by name. */
  read(topic: string): Promise<ReadonlyMap<string, string>>;
  /** The notes of some names; names without one are left out. */
  readSome(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Puts `next` in the place of `expected`; undefined stands for no note. Rejects with `full` when a new one would be the
   * topic's 100,001st.
   *
   * @returns false when another note was there than expected: nothing was changed
   */
  swap(topic: string, name: string, expected: string | undefined, next: string | undefined): Promise<boolean>;
}

/** How many notes a topic has. */
export const MAX_NOTES_PER_TOPIC = 100_000;
/** Characters of a name. */
export const MAX_NOTE_NAME = 512;
/** Characters of a note. */
export const MAX_NOTE = 65_536;

/** @throws RangeError when a name or a note is longer than it may be */
export function checkNote(name: string, note: string | undefined): void {
  if (name.length > MAX_NOTE_NAME) throw new RangeError(`the name of a note has at most ${MAX_NOTE_NAME} characters`);
  if (note !== undefined && note.length > MAX_NOTE) throw new RangeError(`a note has at most ${MAX_NOTE} characters`);
}
