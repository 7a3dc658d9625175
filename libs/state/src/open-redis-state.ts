import type { BudgetLedger } from "./budget-ledger.ts";
import type { CircuitStore } from "./circuit-store.ts";
import { RedisBudgetLedger } from "./redis/redis-budget-ledger.ts";
import { RedisCacheLevel } from "./redis/redis-cache-level.ts";
import { RedisCircuitStore } from "./redis/redis-circuit-store.ts";
import { RedisLink, type RedisSettings } from "./redis/redis-link.ts";
import { RedisSpendStore } from "./redis/redis-spend-store.ts";
import type { CacheLimits, ResponseCache } from "./response-cache.ts";
import type { SpendStore } from "./spend-store.ts";
import { levelLimits, TwoLevelCache } from "./two-level-cache.ts";

/** How state is shared through a Redis. */
export interface RedisStateSettings extends RedisSettings {
  readonly cache?: CacheLimits | undefined;
  /** Milliseconds for which an event is remembered, so that it has one effect. Default 6 h. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds for which an hour's spend is kept. Default 92 days. */
  readonly spendRetentionMs?: number | undefined;
  /** Unix milliseconds; for times that no caller hands in. Default the system's clock. */
  readonly now?: (() => number) | undefined;
}

/** State that processes share. While Redis is away, calls fail at once; it is found again by itself. */
export interface RedisState {
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly circuits: CircuitStore;
  readonly cache: ResponseCache;
  /** True while Redis answers. */
  up(): boolean;
  /** Lets commands under way end and closes the connection. */
  close(): Promise<void>;
}

/**
 * Connects to Redis. The server must not evict keys (`maxmemory-policy noeviction`): the ledger is in it.
 *
 * @throws StateError `unavailable` when it cannot be reached in time
 */
export async function openRedisState(settings: RedisStateSettings): Promise<RedisState> {
  const link = new RedisLink(settings);
  const now = settings.now ?? Date.now;
  const cache = settings.cache ?? {};
  const state: RedisState = {
    ledger: new RedisBudgetLedger(link, settings.rememberMs),
    spend: new RedisSpendStore(link, settings.rememberMs, settings.spendRetentionMs),
    circuits: new RedisCircuitStore(link),
    cache: new TwoLevelCache(new RedisCacheLevel(link, levelLimits(cache), now), cache, now),
    up: () => link.up(),
    close: () => link.close(),
  };
  await link.connect();
  return state;
}
