import type { ServerResponse } from "node:http";

/** Keeps a stream from falling silent. */
export interface KeepAlive {
  /** To be called when something was sent. */
  sent(): void;
  stop(): void;
}

const OFF: KeepAlive = { sent: () => {}, stop: () => {} };

/**
 * Calls `write` whenever nothing was sent for a while, for callers and proxies that take silence for the end.
 *
 * @param silenceMs milliseconds of silence; 0: never
 */
export function keepAlive(response: ServerResponse, silenceMs: number, write: () => void): KeepAlive {
  if (silenceMs === 0) return OFF;
  let stopped = false;
  const timer = setTimeout(() => {
    // Who reads slower than we write is not waiting for a sign of life.
    if (!response.writableNeedDrain && !response.destroyed) write();
    if (!stopped) timer.refresh();
  }, silenceMs);
  return {
    sent: () => timer.refresh(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
