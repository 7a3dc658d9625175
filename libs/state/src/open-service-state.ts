import type { Registry } from "prom-client";
import { openRedisState, type RedisState, type RedisStateSettings } from "./open-redis-state.ts";

/** What of a service's host shared state takes. */
export interface StateHost {
  readonly redis: { readonly url: string };
  readonly tools: { readonly metrics: Registry };
  /** Tries until it succeeds. */
  readonly reach: <T>(what: string, attempt: () => Promise<T>) => Promise<T>;
  /** Has it closed when the service is. */
  closing(close: () => Promise<void>): void;
}

/** Opens the shared state of a service that is a process of its own, however long that takes. The process closes it. */
export async function openServiceState(
  { redis, tools, reach, closing }: StateHost,
  settings: Pick<RedisStateSettings, "spendRetentionMs" | "decisionRetentionMs"> = {},
): Promise<RedisState> {
  const state = await reach("Redis", () => openRedisState({ url: redis.url, metrics: tools.metrics, ...settings }));
  closing(() => state.close());
  return state;
}
