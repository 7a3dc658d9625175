import type { Socket } from "node:net";
import { type buildConnector, Client, type Dispatcher } from "undici";
import { type Carrier, Sending } from "./sending.ts";

/** Undici's own connector, which its types say returns nothing. */
type Connector = (...args: Parameters<buildConnector.connector>) => Socket;

/** One connection to a provider. It tells the request that it carries, one at a time, of the socket that is used for it. */
export class ProviderClient extends Client implements Carrier {
  #sending: Sending | undefined;
  #socket: Socket | undefined;

  /** @param options as a pool hands them to its factory, with the pool's connector */
  constructor(origin: URL, options: Client.Options) {
    const connect = options.connect as Connector;
    super(origin, { ...options, connect: (target, callback) => this.#connect(connect, target, callback) });
  }

  get hasSent(): boolean {
    // A running request is written at once, so only what the socket still holds is not sent.
    return this.stats.running > 0 && this.#socket?.writableLength === 0;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { opaque } = options as { readonly opaque?: unknown };
    this.#sending = opaque instanceof Sending ? opaque : undefined;
    if (this.#sending?.failure !== undefined) {
      // It was given up while it waited for a connection; this one stays free for the next.
      handler.onResponseError?.(null as never, this.#sending.failure);
      return true;
    }
    this.#sending?.carriedBy(this, this.#socket);
    return super.dispatch(options, handler);
  }

  #connect(connect: Connector, target: buildConnector.Options, callback: buildConnector.Callback): void {
    const socket = connect(target, callback);
    this.#socket = socket;
    this.#sending?.connecting(socket);
  }
}
