import { type KeptRecord, MAX_RECORDS_OF_KIND, type RecordRange, type RecordStore } from "../record-store.ts";
import { StateError } from "../state-error.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/**
 * KEYS: values, revisions, times to forget them. ARGV: key, revision (exact as a double), value, time to forget, now,
 * most records. What is due is forgotten a hundred at a time.
 */
const PUT_LUA = `
local due = redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", ARGV[5], "LIMIT", 0, 100)
for _, key in ipairs(due) do
  redis.call("HDEL", KEYS[1], key)
  redis.call("HDEL", KEYS[2], key)
  redis.call("ZREM", KEYS[3], key)
end
local known = redis.call("HGET", KEYS[2], ARGV[1])
if known then
  if tonumber(known) >= tonumber(ARGV[2]) then return 0 end
elseif redis.call("HLEN", KEYS[2]) >= tonumber(ARGV[6]) then
  return -1
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
redis.call("ZADD", KEYS[3], ARGV[4], ARGV[1])
return 1
`;

/** How many values are asked for at once. */
const BATCH = 200;

/** Records in Redis. */
export class RedisRecordStore implements RecordStore {
  readonly #link: RedisLink;
  readonly #put: RedisScript;

  constructor(link: RedisLink) {
    this.#link = link;
    this.#put = link.script("fairleadPutRecord", 3, PUT_LUA);
  }

  async put(kind: string, { key, revision, value }: KeptRecord, keepUntil: number, now: number): Promise<boolean> {
    const { values, revisions, forget } = this.#keys(kind);
    const times = [String(Math.trunc(keepUntil)), String(Math.trunc(now))];
    const args = [key, String(revision), Buffer.from(value), ...times, String(MAX_RECORDS_OF_KIND)];
    const answer = await this.#put([values, revisions, forget], args);
    if (answer === -1) throw new StateError("full", `too many records of ${kind}`);
    return answer === 1;
  }

  async load(kind: string, range: RecordRange = {}): Promise<KeptRecord[]> {
    const { values, revisions } = this.#keys(kind);
    const known = await this.#link.run((redis) => redis.hkeys(revisions));
    const wanted = known.filter((key) => key >= (range.from ?? "") && (range.before === undefined || key < range.before)).sort();
    const records: KeptRecord[] = [];
    for (let at = 0; at < wanted.length; at += BATCH) {
      const keys = wanted.slice(at, at + BATCH);
      const [found, numbers] = await this.#link.run((redis) =>
        Promise.all([redis.hmgetBuffer(values, ...keys), redis.hmget(revisions, ...keys)]),
      );
      keys.forEach((key, index) => {
        const value = found[index];
        // Null where it was forgotten in between.
        if (value !== null && value !== undefined) records.push({ key, revision: Number(numbers[index]), value });
      });
    }
    return records;
  }

  #keys(kind: string): { values: string; revisions: string; forget: string } {
    const values = `${this.#link.prefix}{records:${kind}}`;
    return { values, revisions: `${values}:revisions`, forget: `${values}:forget` };
  }
}
