/** Ids for the calls of the older function_call form, which has none: the n-th call is `function_call_n`. */
export class LegacyCallIds {
  #count = 0;
  readonly #open = new Map<string, string>();

  /** The id of a new call of a function. */
  called(name: string): string {
    const id = `function_call_${this.#count++}`;
    this.#open.set(name, id);
    return id;
  }

  /** The id of the latest call of a function, which a function message answers. */
  answered(name: string): string {
    return this.#open.get(name) ?? this.called(name);
  }
}
