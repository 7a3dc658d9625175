import { DEFAULT_REMEMBER_MS } from "../budget-ledger.ts";
import {
  NOTHING,
  OTHER_SPEND,
  type SpendEntry,
  spendEntries,
  type SpendKey,
  type SpendSums,
  withoutLabels,
} from "../spend-entries.ts";
import {
  DEFAULT_SPEND_RETENTION_MS,
  MAX_SPEND_KEYS_PER_HOUR,
  MAX_TAGGED_KEYS_PER_HOUR,
  type SpendQuery,
  type SpendRecord,
  type SpendReport,
  type SpendStore,
  type SpendStoreSettings,
} from "../spend-store.ts";
import { hourOf, hoursOf, periodOf, SpendSummary } from "../summarise-spend.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/**
 * KEYS: hash of the hour, mark of the event. ARGV: ms to remember, ms to keep the hour, most names, names from which on new
 * labels are not told apart, name of the rest, then per entry: name, name without labels, and its sums in the order of
 * FIELDS. In the hash a sum stands under its letter and the name; "n" counts the names.
 */
const RECORD_LUA = `
if not redis.call("SET", KEYS[2], "", "PX", ARGV[1], "NX") then return 0 end
local FIELDS = { "r", "c", "s", "i", "o", "d", "e", "q", "p" }
local function known(name)
  return redis.call("HEXISTS", KEYS[1], "r" .. name) == 1
end
local function admitted(name, most)
  if known(name) then return true end
  if (tonumber(redis.call("HGET", KEYS[1], "n")) or 0) >= tonumber(most) then return false end
  redis.call("HINCRBY", KEYS[1], "n", 1)
  return true
end
for at = 6, #ARGV, 11 do
  local name, plain = ARGV[at], ARGV[at + 1]
  if not admitted(name, name == plain and ARGV[3] or ARGV[4]) then
    name = plain
    if not admitted(name, ARGV[3]) then name = ARGV[5] end
  end
  for i, field in ipairs(FIELDS) do
    local sum = ARGV[at + 1 + i]
    if sum ~= "0" or field == "r" then redis.call("HINCRBY", KEYS[1], field .. name, sum) end
  end
end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return 1
`;

/** Letters of the sums, in the order in which the script takes them. */
const FIELDS: readonly (readonly [letter: string, sum: keyof SpendSums])[] = [
  ["r", "requests"],
  ["c", "cost"],
  ["s", "succeeded"],
  ["i", "inputTokens"],
  ["o", "outputTokens"],
  ["d", "savedDearest"],
  ["e", "comparedDearest"],
  ["q", "savedRequested"],
  ["p", "comparedRequested"],
];
const HOURS_AT_ONCE = 16;
const SCAN_COUNT = 1_000;

/** Spend in Redis: one hash an hour. */
export class RedisSpendStore implements SpendStore {
  readonly #link: RedisLink;
  readonly #record: RedisScript;
  readonly #now: () => number;
  readonly #rememberMs: number;
  readonly #retentionMs: number;

  constructor(link: RedisLink, now: () => number, settings: SpendStoreSettings = {}) {
    this.#link = link;
    this.#now = now;
    this.#record = link.script("fairleadRecordSpend", 2, RECORD_LUA);
    this.#rememberMs = settings.rememberMs ?? DEFAULT_REMEMBER_MS;
    this.#retentionMs = settings.spendRetentionMs ?? DEFAULT_SPEND_RETENTION_MS;
  }

  async record(record: SpendRecord): Promise<boolean> {
    const key = this.#key(hourOf(record.occurredMs));
    const bounds = [this.#rememberMs, this.#retentionMs, MAX_SPEND_KEYS_PER_HOUR, MAX_TAGGED_KEYS_PER_HOUR].map(String);
    const args = [...bounds, nameOf(OTHER_SPEND)];
    for (const { key: name, sums } of spendEntries(record)) {
      args.push(nameOf(name), nameOf(withoutLabels(name)), ...FIELDS.map(([, sum]) => String(sums[sum])));
    }
    return (await this.#record([key, `${key}:done:${record.eventId}`], args)) === 1;
  }

  async query(query: SpendQuery): Promise<SpendReport> {
    const hours = hoursOf(query);
    const summary = new SpendSummary(query);
    for (let from = 0; from < hours.length; from += HOURS_AT_ONCE) {
      const some = hours.slice(from, from + HOURS_AT_ONCE);
      const read = await Promise.all(some.map((hour) => this.#readHour(hour)));
      read.forEach((entries, position) => {
        const period = periodOf(some[position] ?? 0, query.period);
        for (const entry of entries) summary.add(period, entry);
      });
    }
    return summary.report();
  }

  keptFrom(): number {
    return hourOf(this.#now() - this.#retentionMs);
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
  const sums: Record<keyof SpendSums, bigint> = { ...NOTHING };
  for (const [letter, sum] of FIELDS) sums[sum] = BigInt(values.get(letter + name) ?? 0);
  return { key: keyOf(name), sums };
}

function nameOf(key: SpendKey): string {
  const names = [key.tenant, key.user, key.project, key.provider, key.model];
  return JSON.stringify(key.tags.length === 0 ? names : [...names, ...key.tags]);
}

function keyOf(name: string): SpendKey {
  const [tenant = "", user = "", project = "", provider = "", model = "", ...tags] = JSON.parse(name) as string[];
  return { tenant, user, project, provider, model, tags };
}
