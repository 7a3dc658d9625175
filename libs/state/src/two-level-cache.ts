import { LRUCache } from "lru-cache";
import type { CachedBytes, CacheLevel, CacheLevelLimits } from "./cache-level.ts";
import type { CacheKey, CacheLimits, CachePrefix, CacheStatistics, ResponseCache } from "./response-cache.ts";

const MEBIBYTE = 1_048_576;
const LONGEST_TTL_MS = 86_400_000;
/** What an entry of the memory costs beside its bytes, roughly. */
const ENTRY_OVERHEAD_BYTES = 512;

/** Bounds of the farther level with their defaults. */
export function levelLimits(limits: CacheLimits): CacheLevelLimits {
  return { rows: limits.storedRows ?? 200_000, bytes: limits.storedBytes ?? 1_024 * MEBIBYTE };
}

/** Memory in front of a shared or lasting level. What is found in the farther one is kept in the nearer one. */
export class TwoLevelCache implements ResponseCache {
  readonly #memory: LRUCache<string, CachedBytes>;
  readonly #level: CacheLevel;
  readonly #now: () => number;
  readonly #entryBytes: number;
  readonly #memoryTtlMs: number;
  #memoryHits = 0;
  #levelHits = 0;
  #misses = 0;
  #errors = 0;

  constructor(level: CacheLevel, limits: CacheLimits, now: () => number) {
    this.#level = level;
    this.#now = now;
    this.#entryBytes = limits.entryBytes ?? MEBIBYTE;
    this.#memoryTtlMs = limits.memoryTtlMs ?? 60_000;
    this.#memory = new LRUCache({
      maxSize: limits.memoryBytes ?? 64 * MEBIBYTE,
      sizeCalculation: ({ bytes }, name) => bytes.byteLength + name.length + ENTRY_OVERHEAD_BYTES,
      ttl: this.#memoryTtlMs,
      ttlResolution: 0,
      perf: { now },
    });
  }

  async get(key: CacheKey): Promise<Uint8Array | undefined> {
    const name = nameOf(key);
    const now = this.#now();
    const near = this.#memory.get(name);
    if (near !== undefined && near.expires > now) {
      this.#memoryHits++;
      return near.bytes;
    }
    const far = await this.#tolerant(() => this.#level.get(key));
    if (far === undefined || far.expires <= now) {
      this.#misses++;
      return undefined;
    }
    this.#levelHits++;
    this.#remember(name, far);
    return far.bytes;
  }

  async put(key: CacheKey, bytes: Uint8Array, ttlMs: number): Promise<void> {
    if (!(ttlMs > 0) || bytes.byteLength > this.#entryBytes) return;
    const cached = { bytes, expires: Math.floor(this.#now() + Math.min(ttlMs, LONGEST_TTL_MS)) };
    this.#remember(nameOf(key), cached);
    await this.#tolerant(() => this.#level.put(key, cached));
  }

  async delete(prefix: CachePrefix): Promise<void> {
    const start = nameOf({ tenant: prefix.tenant, digest: prefix.digestPrefix });
    for (const name of this.#memory.keys()) if (name.startsWith(start)) this.#memory.delete(name);
    await this.#level.delete(prefix);
  }

  statistics(): CacheStatistics {
    const beyondMemory = this.#levelHits + this.#misses;
    return {
      levels: [
        { level: "memory", hits: this.#memoryHits, misses: beyondMemory },
        { level: this.#level.name, hits: this.#levelHits, misses: this.#misses },
      ],
      errors: this.#errors,
    };
  }

  #remember(name: string, cached: CachedBytes): void {
    const ttl = Math.min(cached.expires - this.#now(), this.#memoryTtlMs);
    if (ttl > 0) this.#memory.set(name, cached, { ttl: Math.ceil(ttl) });
  }

  async #tolerant<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (!this.#level.up()) {
      this.#errors++;
      return undefined;
    }
    try {
      return await work();
    } catch {
      this.#errors++;
      return undefined;
    }
  }
}

/** The length in front keeps one tenant's names from being the start of another's. */
function nameOf(key: CacheKey): string {
  return `${key.tenant.length}:${key.tenant}:${key.digest}`;
}
