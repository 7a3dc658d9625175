/** Who follows the keys of a source. */
export interface KeyFollower {
  /** `current` is another list. */
  changed(): void;
  /** The source could not tell its keys, or told what are none; `current` stays. The problem holds no key. */
  failed(problem: string): void;
}

/**
 * Where keys come from, and how their changes are learnt: a variable, a file, a store of secrets.
 *
 * A source that is read at once throws ConfigError when it is opened and cannot be read. One that answers later, over a
 * network, starts with `current` undefined and tells when it knows more; calls are refused as UNAVAILABLE until then.
 */
export interface KeySource {
  /** What logs call it, such as the name of its variable or its path; never a key. */
  readonly name: string;
  /** The keys that hold now, in an order that stays, replaced as a whole. Empty: there are none any more. Undefined: not known yet. */
  readonly current: readonly string[] | undefined;
  /** Follows the changes; one follower, the last. */
  follow(follower: KeyFollower): void;
  /** Ends the following; nothing is told after it is called. */
  close(): Promise<void>;
}

/** Keys that never change, such as those of a variable. */
export function fixedKeys(name: string, keys: readonly string[]): KeySource {
  return { name, current: keys, follow: () => undefined, close: async () => undefined };
}
