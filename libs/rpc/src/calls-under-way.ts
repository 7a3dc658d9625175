import type { FairleadError } from "./fairlead-error.ts";

/** A call that a server has not answered yet. */
export interface CallUnderWay {
  /** Ends it with an error. */
  cut(error: FairleadError): void;
}

/** The calls that a server is busy with: from their start until their answers have left. */
export class CallsUnderWay {
  readonly #calls = new Set<CallUnderWay>();
  #none: (() => void)[] = [];

  add(call: CallUnderWay): void {
    this.#calls.add(call);
  }

  delete(call: CallUnderWay): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    for (const resolve of this.#none) resolve();
    this.#none = [];
  }

  /** Ends all of them with an error that says why. */
  cut(error: FairleadError): void {
    for (const call of this.#calls) call.cut(error);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Resolves when there are none. */
  async none(): Promise<void> {
    if (this.#calls.size > 0) await new Promise<void>((resolve) => this.#none.push(resolve));
  }
}
