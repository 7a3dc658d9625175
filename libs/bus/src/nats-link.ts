import type { NatsConnection } from "nats";

/** Whether a connection stands. */
export interface NatsLink {
  connected(): boolean;
  /** Resolves once it stands, or when nobody shall wait any more. */
  whenConnected(): Promise<void>;
  /** Lets all go on who wait, from now on. */
  giveUp(): void;
}

/**
 * Follows a connection.
 *
 * @param changed told of each loss and return
 */
export function followLink(connection: NatsConnection, changed: (connected: boolean) => void): NatsLink {
  let connected = true;
  let givenUp = false;
  let standing = Promise.withResolvers<void>();
  standing.resolve();

  function set(now: boolean): void {
    if (now === connected) return;
    connected = now;
    if (now) standing.resolve();
    else if (!givenUp) standing = Promise.withResolvers<void>();
    changed(now);
  }
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === "disconnect") set(false);
      if (type === "reconnect") set(true);
    }
    connected = false;
    standing.resolve();
  })();
  return {
    connected: () => connected,
    whenConnected: () => standing.promise,
    giveUp() {
      givenUp = true;
      standing.resolve();
    },
  };
}
