import { checkNote, MAX_NOTES_PER_TOPIC, type SharedNotes } from "../shared-notes.ts";
import { StateError } from "../state-error.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/** KEYS: hash of the topic. ARGV: name, whether a note is expected, the expected, whether a note follows, the next, most. */
const SWAP_LUA = `
local found = redis.call("HGET", KEYS[1], ARGV[1])
if ARGV[2] == "0" then
  if found then return 0 end
elseif found ~= ARGV[3] then
  return 0
end
if ARGV[4] == "0" then
  redis.call("HDEL", KEYS[1], ARGV[1])
  return 1
end
if not found and redis.call("HLEN", KEYS[1]) >= tonumber(ARGV[6]) then return 2 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[5])
return 1
`;

const FULL = 2;
const SCAN_COUNT = 500;

/** Notes in Redis: one hash a topic. */
export class RedisSharedNotes implements SharedNotes {
  readonly #link: RedisLink;
  readonly #swap: RedisScript;

  constructor(link: RedisLink) {
    this.#link = link;
    this.#swap = link.script("fairleadSwapNote", 1, SWAP_LUA);
  }

  /** Reads in steps, so that a large topic does not keep Redis from others. */
  async read(topic: string): Promise<ReadonlyMap<string, string>> {
    const notes = new Map<string, string>();
    let cursor = "0";
    do {
      const [next, found] = await this.#link.run((redis) => redis.hscan(this.#key(topic), cursor, "COUNT", SCAN_COUNT));
      for (let at = 0; at + 1 < found.length; at += 2) notes.set(found[at] ?? "", found[at + 1] ?? "");
      cursor = next;
    } while (cursor !== "0");
    return notes;
  }

  async readSome(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const notes = new Map<string, string>();
    if (names.length === 0) return notes;
    const found = await this.#link.run((redis) => redis.hmget(this.#key(topic), ...names));
    names.forEach((name, position) => {
      const note = found[position];
      if (typeof note === "string") notes.set(name, note);
    });
    return notes;
  }

  async swap(topic: string, name: string, expected: string | undefined, next: string | undefined): Promise<boolean> {
    checkNote(name, next);
    const args = [name, expected === undefined ? "0" : "1", expected ?? "", next === undefined ? "0" : "1", next ?? ""];
    const answer = await this.#swap([this.#key(topic)], [...args, String(MAX_NOTES_PER_TOPIC)]);
    if (answer === FULL) throw new StateError("full", `${MAX_NOTES_PER_TOPIC} notes of one topic are kept already`);
    return answer === 1;
  }

  #key(topic: string): string {
    return `${this.#link.prefix}notes:{${topic}}`;
  }
}
