import type { CacheKey, CachePrefix } from "./response-cache.ts";

/** Bytes and the unix milliseconds at which they may no longer be given. */
export interface CachedBytes {
  readonly bytes: Uint8Array;
  readonly expires: number;
}

/** The farther level of a cache, which bounds itself by rows and bytes. All methods reject with StateError. */
export interface CacheLevel {
  readonly name: "redis" | "disk";
  /** False when it would not answer, so that nobody waits for it. */
  up(): boolean;
  get(key: CacheKey): Promise<CachedBytes | undefined>;
  put(key: CacheKey, cached: CachedBytes): Promise<void>;
  delete(prefix: CachePrefix): Promise<void>;
}

/** Bounds of a farther level. */
export interface CacheLevelLimits {
  readonly rows: number;
  readonly bytes: number;
}
