import { DEFAULT_REMEMBER_MS } from "../budget-ledger.ts";
import {
  DEFAULT_SPEND_RETENTION_MS,
  MAX_SPEND_KEYS_PER_HOUR,
  type SpendQuery,
  type SpendRecord,
  type SpendReport,
  type SpendStore,
} from "../spend-store.ts";
import {
  hourOf,
  hoursOf,
  matchesSpend,
  OTHER_SPEND,
  type SpendEntry,
  type SpendKey,
  spendEntries,
  summariseSpend,
} from "../summarise-spend.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/**
 * KEYS: hash of the hour, mark of the event. ARGV: ms to remember, ms to keep the hour, most fields, name of the rest,
 * then per entry: name, cost, requests, succeeded, input tokens, output tokens. A name has five fields in the hash.
 */
const RECORD_LUA = `
if not redis.call("SET", KEYS[2], "", "PX", ARGV[1], "NX") then return 0 end
local FIELDS = { "c", "r", "s", "i", "o" }
for at = 5, #ARGV, 6 do
  local name = ARGV[at]
  if redis.call("HEXISTS", KEYS[1], "r" .. name) == 0 and redis.call("HLEN", KEYS[1]) >= tonumber(ARGV[3]) then
    name = ARGV[4]
  end
  for i, field in ipairs(FIELDS) do redis.call("HINCRBY", KEYS[1], field .. name, ARGV[at + i]) end
end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return 1
`;

const FIELDS_OF_A_NAME = 5;
const HOURS_AT_ONCE = 16;
const SCAN_COUNT = 1_000;

/** Spend in Redis: one hash an hour. */
export class RedisSpendStore implements SpendStore {
  readonly #link: RedisLink;
  readonly #record: RedisScript;
  readonly #rememberMs: number;
  readonly #retentionMs: number;

  constructor(link: RedisLink, rememberMs = DEFAULT_REMEMBER_MS, retentionMs = DEFAULT_SPEND_RETENTION_MS) {
    this.#link = link;
    this.#record = link.script("fairleadRecordSpend", 2, RECORD_LUA);
    this.#rememberMs = rememberMs;
    this.#retentionMs = retentionMs;
  }

  async record(record: SpendRecord): Promise<boolean> {
    const key = this.#key(hourOf(record.occurredMs));
    const args = [
      String(this.#rememberMs),
      String(this.#retentionMs),
      String(MAX_SPEND_KEYS_PER_HOUR * FIELDS_OF_A_NAME),
      nameOf(OTHER_SPEND),
    ];
    for (const { key: name, sums } of spendEntries(record)) {
      const { cost, requests, succeeded, inputTokens, outputTokens } = sums;
      args.push(nameOf(name), ...[cost, requests, succeeded, inputTokens, outputTokens].map(String));
    }
    return (await this.#record([key, `${key}:done:${record.eventId}`], args)) === 1;
  }

  async query(query: SpendQuery): Promise<SpendReport> {
    const hours = hoursOf(query);
    const entries: SpendEntry[] = [];
    for (let from = 0; from < hours.length; from += HOURS_AT_ONCE) {
      const read = hours.slice(from, from + HOURS_AT_ONCE).map((hour) => this.#readHour(hour));
      for (const hour of await Promise.all(read)) {
        for (const entry of hour) if (matchesSpend(entry.key, query.filter)) entries.push(entry);
      }
    }
    return summariseSpend(entries, query.groupBy);
  }

  /** Reads in steps, so that a large hour does not keep Redis from others. */
  async #readHour(hour: number): Promise<SpendEntry[]> {
    const values = new Map<string, string>();
    let cursor = "0";
    do {
      const [next, found] = await this.#link.run((redis) => redis.hscan(this.#key(hour), cursor, "COUNT", SCAN_COUNT));
      for (let at = 0; at + 1 < found.length; at += 2) values.set(found[at] ?? "", found[at + 1] ?? "");
      cursor = next;
    } while (cursor !== "0");
    const entries: SpendEntry[] = [];
    for (const field of values.keys()) if (field.startsWith("r")) entries.push(entryOf(field.slice(1), values));
    return entries;
  }

  #key(hour: number): string {
    return `${this.#link.prefix}spend:{${hour}}`;
  }
}

function entryOf(name: string, values: ReadonlyMap<string, string>): SpendEntry {
  const value = (field: string) => BigInt(values.get(field + name) ?? 0);
  const sums = {
    cost: value("c"),
    requests: value("r"),
    succeeded: value("s"),
    inputTokens: value("i"),
    outputTokens: value("o"),
  };
  return { key: keyOf(name), sums };
}

function nameOf(key: SpendKey): string {
  return JSON.stringify([key.tenant, key.user, key.project, key.provider, key.model]);
}

function keyOf(name: string): SpendKey {
  const [tenant = "", user = "", project = "", provider = "", model = ""] = JSON.parse(name) as string[];
  return { tenant, user, project, provider, model };
}
