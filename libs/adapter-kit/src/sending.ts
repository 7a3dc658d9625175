import type { Socket } from "node:net";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";

/** A connection as the request on its way sees it. */
export interface Carrier {
  /** True once the whole request was handed to the operating system. */
  readonly hasSent: boolean;
}

/**
 * A request on its way to the provider, until its answer begins.
 *
 * Undici heeds a signal only once a request is on a connection. Until then, while it waits for a connection or while one is
 * made, this gives it up: when its call is aborted, and at the limit for connecting and sending. That closes the connection
 * under way, which nobody else waits for.
 */
export class Sending {
  readonly #signal: AbortSignal | null;
  #reject: (reason: unknown) => void = () => undefined;
  #carrier: Carrier | undefined;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #listening = false;
  #failure: Error | undefined;

  constructor(signal: AbortSignal | null) {
    this.#signal = signal;
  }

  /** Why the request was given up; undefined: it was not. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Sends the request.
   *
   * @param send    hands the request to the dispatcher
   * @param limitMs milliseconds to connect and send; 0: no limit
   * @param drop    lets go of an answer that comes after the request was given up
   * @throws FairleadError TIMEOUT at the limit; what the call was aborted with; what `send` rejects with
   */
  async result<T>(send: () => Promise<T>, limitMs: number, drop: (late: T) => void): Promise<T> {
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#reject = reject;
        send().then((value) => (this.#failure === undefined ? resolve(value) : drop(value)), reject);
        if (this.#carrier === undefined) this.#heed();
        if (limitMs > 0) this.#timer = setTimeout(() => this.#late(limitMs), limitMs);
      });
    } finally {
      clearTimeout(this.#timer);
      if (this.#listening) this.#signal?.removeEventListener("abort", this.#aborted);
    }
  }

  /** A connection, made or not, took the request. */
  carriedBy(carrier: Carrier, socket: Socket | undefined): void {
    this.#carrier = carrier;
    this.#socket = socket;
  }

  /** The connection is being made. */
  connecting(socket: Socket): void {
    this.#socket = socket;
    if (this.#failure !== undefined) socket.destroy(this.#failure);
    else this.#heed();
  }

  #heed(): void {
    if (this.#listening || this.#signal === null) return;
    if (this.#signal.aborted) return this.#aborted();
    this.#listening = true;
    this.#signal.addEventListener("abort", this.#aborted, { once: true });
  }

  readonly #aborted = (): void => {
    if (this.#signal !== null) this.#giveUp(abortError(this.#signal));
  };

  #late(limitMs: number): void {
    if (this.#carrier?.hasSent === true) return;
    this.#giveUp(failure(ErrorCode.TIMEOUT, `Connecting to the provider did not finish in ${limitMs} ms.`));
  }

  #giveUp(reason: Error): void {
    this.#failure ??= reason;
    this.#reject(reason);
    this.#socket?.destroy(reason);
  }
}
