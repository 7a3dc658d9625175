import type { CachedBytes, CacheLevel, CacheLevelLimits } from "../cache-level.ts";
import type { CacheKey, CachePrefix } from "../response-cache.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/**
 * KEYS: expiries (sorted set, name by the ms at which it expires), sizes (hash), names (sorted set, by name alone),
 * total of bytes. ARGV starts with the start of an entry's key.
 */
const SHARED_LUA = `
local function forget(name)
  local size = redis.call("HGET", KEYS[2], name)
  if not size then return end
  redis.call("DEL", ARGV[1] .. name)
  redis.call("ZREM", KEYS[1], name)
  redis.call("HDEL", KEYS[2], name)
  redis.call("ZREM", KEYS[3], name)
  redis.call("DECRBY", KEYS[4], size)
end
`;

/** More ARGV: name, now, expires, value, most rows, most bytes. What expires soonest goes first when room is needed. */
const PUT_LUA = `${SHARED_LUA}
local name, now, expires, value = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
forget(name)
for _, over in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, 8)) do forget(over) end
local rows = redis.call("ZCARD", KEYS[1])
local bytes = tonumber(redis.call("GET", KEYS[4]) or "0")
while rows > 0 and (rows >= tonumber(ARGV[6]) or bytes + #value > tonumber(ARGV[7])) do
  local first = redis.call("ZRANGE", KEYS[1], 0, 0)[1]
  bytes = bytes - tonumber(redis.call("HGET", KEYS[2], first))
  rows = rows - 1
  forget(first)
end
redis.call("SET", ARGV[1] .. name, value, "PX", math.max(1, expires - now))
redis.call("ZADD", KEYS[1], expires, name)
redis.call("HSET", KEYS[2], name, #value)
redis.call("ZADD", KEYS[3], 0, name)
redis.call("INCRBY", KEYS[4], #value)
return 1
`;

/** More ARGV: first and last name of the range, as ZRANGEBYLEX takes them; how many to forget at most. */
const DELETE_LUA = `${SHARED_LUA}
local names = redis.call("ZRANGEBYLEX", KEYS[3], ARGV[2], ARGV[3], "LIMIT", 0, ARGV[4])
for _, name in ipairs(names) do forget(name) end
return #names
`;

const DELETE_AT_ONCE = 500;
const EXPIRY_BYTES = 8;

/** Cached answers in Redis, bounded by rows and bytes, whatever else Redis holds. */
export class RedisCacheLevel implements CacheLevel {
  readonly name = "redis";
  readonly #link: RedisLink;
  readonly #limits: CacheLevelLimits;
  readonly #now: () => number;
  readonly #keys: readonly string[];
  readonly #entry: string;
  readonly #put: RedisScript;
  readonly #delete: RedisScript;

  constructor(link: RedisLink, limits: CacheLevelLimits, now: () => number) {
    this.#link = link;
    this.#limits = limits;
    this.#now = now;
    const base = `${link.prefix}{cache}`;
    this.#keys = [`${base}:expiries`, `${base}:sizes`, `${base}:names`, `${base}:bytes`];
    this.#entry = `${base}:entry:`;
    this.#put = link.script("fairleadCachePut", 4, PUT_LUA);
    this.#delete = link.script("fairleadCacheDelete", 4, DELETE_LUA);
  }

  up(): boolean {
    return this.#link.up();
  }

  async get(key: CacheKey): Promise<CachedBytes | undefined> {
    const value = await this.#link.run((redis) => redis.getBuffer(this.#entry + nameOf(key.tenant, key.digest)));
    if (value === null || value.byteLength < EXPIRY_BYTES) return undefined;
    return { expires: value.readDoubleBE(0), bytes: value.subarray(EXPIRY_BYTES) };
  }

  async put(key: CacheKey, cached: CachedBytes): Promise<void> {
    const value = Buffer.allocUnsafe(EXPIRY_BYTES + cached.bytes.byteLength);
    value.writeDoubleBE(cached.expires, 0);
    value.set(cached.bytes, EXPIRY_BYTES);
    if (value.byteLength > this.#limits.bytes) return;
    const bounds = [String(this.#limits.rows), String(this.#limits.bytes)];
    const times = [String(Math.floor(this.#now())), String(Math.floor(cached.expires))];
    await this.#put(this.#keys, [this.#entry, nameOf(key.tenant, key.digest), ...times, value, ...bounds]);
  }

  async delete(prefix: CachePrefix): Promise<void> {
    const start = Buffer.from(nameOf(prefix.tenant, prefix.digestPrefix));
    const first = Buffer.concat([Buffer.from("["), start]);
    // No name holds the byte 0xff, so this is after every name with that start.
    const last = Buffer.concat([Buffer.from("("), start, Buffer.from([0xff])]);
    for (let count = DELETE_AT_ONCE; count === DELETE_AT_ONCE; ) {
      count = (await this.#delete(this.#keys, [this.#entry, first, last, String(DELETE_AT_ONCE)])) as number;
    }
  }
}

/** The length in front keeps one tenant's names from being the start of another's. */
function nameOf(tenant: string, digest: string): string {
  return `${tenant.length}:${tenant}:${digest}`;
}
