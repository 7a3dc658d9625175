/** Names an answer. Answers of different tenants never meet. */
export interface CacheKey {
  readonly tenant: string;
  /** Digest of everything that makes the answer what it is. */
  readonly digest: string;
}

/** Names answers of one tenant by how their digests start; an empty start means all of them. */
export interface CachePrefix {
  readonly tenant: string;
  readonly digestPrefix: string;
}

/** Use of one level of the cache since it was opened. */
export interface CacheLevelStatistics {
  readonly level: "memory" | "redis" | "disk";
  readonly hits: number;
  readonly misses: number;
}

/** Use of the cache since it was opened. */
export interface CacheStatistics {
  /** From the nearest level to the farthest. */
  readonly levels: readonly CacheLevelStatistics[];
  /** Times that a level could not be used; such a get is a miss and such a put is dropped. */
  readonly errors: number;
}

/**
 * Answers that can be given again. A store that fails makes misses, never errors: a request goes on without it.
 * Bytes must not be written to, neither by who puts nor by who gets them.
 */
export interface ResponseCache {
  get(key: CacheKey): Promise<Uint8Array | undefined>;
  /** Keeps bytes for a time in milliseconds, at most a day; what is larger than an entry may be is not kept. */
  put(key: CacheKey, bytes: Uint8Array, ttlMs: number): Promise<void>;
  /**
   * Forgets answers here and in the shared level; the memory of other processes forgets them within a minute.
   *
   * @throws StateError when the shared level could not be told
   */
  delete(prefix: CachePrefix): Promise<void>;
  statistics(): CacheStatistics;
}

/** Bounds of a cache. */
export interface CacheLimits {
  /** Bytes kept in memory. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** Milliseconds an answer stays in memory at most, before the shared level is asked again. Default one minute. */
  readonly memoryTtlMs?: number;
  /** Bytes kept in the shared level. Default 1 GiB. */
  readonly storedBytes?: number;
  /** Answers kept in the shared level. Default 200,000. */
  readonly storedRows?: number;
  /** Bytes of one answer. Default 1 MiB. */
  readonly entryBytes?: number;
}
