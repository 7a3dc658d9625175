/** What must be let go of, in the reverse order of its making. */
export class Closers {
  readonly #closers: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.#closers.unshift(close);
  }

  /** Keeps a part and returns it. */
  keep<T extends { close(): void | Promise<void> }>(part: T): T {
    this.add(() => part.close());
    return part;
  }

  /** Lets go of everything; a second call has nothing left to do. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}
