import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Circuit, CircuitSchema } from "@fairlead/contracts/execution/v1/circuit";
import { changedAtMicros, type CircuitStore, MAX_CIRCUITS } from "../circuit-store.ts";
import type { RedisLink, RedisScript } from "./redis-link.ts";

/** KEYS: circuits, times of their changes. ARGV: target, microseconds (exact as a double), circuit, most circuits. */
const SAVE_LUA = `
local changed = redis.call("HGET", KEYS[2], ARGV[1])
if changed then
  if tonumber(changed) >= tonumber(ARGV[2]) then return 0 end
elseif redis.call("HLEN", KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
return 1
`;

/** KEYS: claim. ARGV: holder, milliseconds. */
const CLAIM_LUA = `
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1
`;

/** Circuits in Redis. Claims end by themselves there, by its own clock. */
export class RedisCircuitStore implements CircuitStore {
  readonly #link: RedisLink;
  readonly #save: RedisScript;
  readonly #claim: RedisScript;
  readonly #circuits: string;
  readonly #changes: string;

  constructor(link: RedisLink) {
    this.#link = link;
    this.#save = link.script("fairleadSaveCircuit", 2, SAVE_LUA);
    this.#claim = link.script("fairleadClaimCircuit", 1, CLAIM_LUA);
    this.#circuits = `${link.prefix}{circuits}`;
    this.#changes = `${this.#circuits}:changed`;
  }

  async load(): Promise<Circuit[]> {
    const values = await this.#link.run((redis) => redis.hvalsBuffer(this.#circuits));
    return values.map((bytes) => fromBinary(CircuitSchema, bytes));
  }

  async save(circuit: Circuit): Promise<boolean> {
    const { provider, model, deployment } = circuit;
    const target = JSON.stringify(deployment === "" ? [provider, model] : [provider, model, deployment]);
    const bytes = Buffer.from(toBinary(CircuitSchema, circuit));
    const args = [target, String(changedAtMicros(circuit)), bytes, String(MAX_CIRCUITS)];
    return (await this.#save([this.#circuits, this.#changes], args)) === 1;
  }

  async claim(name: string, holder: string, forMs: number): Promise<boolean> {
    return (await this.#claim([`${this.#circuits}:claim:${name}`], [holder, String(Math.max(1, Math.ceil(forMs)))])) === 1;
  }
}
