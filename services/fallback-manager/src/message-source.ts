import type { ChatStreamResponse } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { within } from "@fairlead/rpc/within";

/** The messages of an adapter's stream, one after the other, which can be waited for with or without a bound. */
export class MessageSource {
  readonly #messages: AsyncIterator<ChatStreamResponse>;
  #pending: Promise<IteratorResult<ChatStreamResponse>> | undefined;
  #ended = false;

  constructor(stream: AsyncIterable<ChatStreamResponse>) {
    this.#messages = stream[Symbol.asyncIterator]();
  }

  /** The steps of the next message; undefined at the end. */
  async next(): Promise<ChatDelta[] | undefined> {
    if (this.#ended) return undefined;
    const result = await (this.#pending ?? this.#messages.next());
    this.#pending = undefined;
    return this.#read(result);
  }

  /** As `next`, for a time: "late" when it is over first. */
  async nextWithin(milliseconds: number): Promise<ChatDelta[] | undefined | "late"> {
    if (this.#ended) return undefined;
    this.#pending ??= this.#messages.next();
    // Who awaits it next hears of its failure.
    this.#pending.catch(() => undefined);
    const result = await within(this.#pending, milliseconds);
    if (result === undefined) return "late";
    this.#pending = undefined;
    return this.#read(result);
  }

  /** Lets go of the stream. */
  close(): void {
    this.#ended = true;
    void this.#messages.return?.().catch(() => undefined);
  }

  #read(result: IteratorResult<ChatStreamResponse>): ChatDelta[] | undefined {
    if (result.done !== true) return result.value.deltas;
    this.#ended = true;
    return undefined;
  }
}
