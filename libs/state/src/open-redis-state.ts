import type { Registry } from "prom-client";
import type { BudgetLedger } from "./budget-ledger.ts";
import type { CircuitStore } from "./circuit-store.ts";
import type { DecisionLog } from "./decision-log.ts";
import { RedisBudgetLedger } from "./redis/redis-budget-ledger.ts";
import { RedisCacheLevel } from "./redis/redis-cache-level.ts";
import { RedisCircuitStore } from "./redis/redis-circuit-store.ts";
import { RedisLink, type RedisSettings } from "./redis/redis-link.ts";
import { RedisDecisionLog } from "./redis/redis-decision-log.ts";
import { RedisQuotaLedger } from "./redis/redis-quota-ledger.ts";
import { RedisSharedNotes } from "./redis/redis-shared-notes.ts";
import { RedisRecordStore } from "./redis/redis-record-store.ts";
import { RedisSpendStore } from "./redis/redis-spend-store.ts";
import type { QuotaLedger } from "./quota-ledger.ts";
import type { CacheLimits, ResponseCache } from "./response-cache.ts";
import type { SharedNotes } from "./shared-notes.ts";
import type { RecordStore } from "./record-store.ts";
import type { SpendStore } from "./spend-store.ts";
import { measureState } from "./state-metrics.ts";
import { levelLimits, TwoLevelCache } from "./two-level-cache.ts";

/** How state is shared through a Redis. */
export interface RedisStateSettings extends RedisSettings {
  readonly cache?: CacheLimits | undefined;
  /** Milliseconds for which an event is remembered, so that it has one effect. Default 6 h. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds for which an hour's spend is kept. Default 92 days. */
  readonly spendRetentionMs?: number | undefined;
  /** Milliseconds for which a recorded decision is kept. Default 7 days. */
  readonly decisionRetentionMs?: number | undefined;
  /** Unix milliseconds; for times that no caller hands in. Default the system's clock. */
  readonly now?: (() => number) | undefined;
  /** Where it is told whether Redis answers. */
  readonly metrics?: Registry | undefined;
}

/** State that processes share. While Redis is away, calls fail at once; it is found again by itself. */
export interface RedisState {
  readonly ledger: BudgetLedger;
  readonly spend: SpendStore;
  readonly notes: SharedNotes;
  readonly decisions: DecisionLog;
  readonly circuits: CircuitStore;
  readonly quotas: QuotaLedger;
  readonly records: RecordStore;
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
    spend: new RedisSpendStore(link, now, settings),
    notes: new RedisSharedNotes(link),
    decisions: new RedisDecisionLog(link, now, settings.decisionRetentionMs),
    circuits: new RedisCircuitStore(link),
    quotas: new RedisQuotaLedger(link, settings.now),
    records: new RedisRecordStore(link),
    cache: new TwoLevelCache(new RedisCacheLevel(link, levelLimits(cache), now), cache, now),
    up: () => link.up(),
    close: () => link.close(),
  };
  await link.connect();
  if (settings.metrics !== undefined) measureState(settings.metrics, state);
  return state;
}
