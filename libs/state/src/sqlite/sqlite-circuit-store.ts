import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Circuit, CircuitSchema } from "@fairlead/contracts/execution/v1/circuit";
import { changedAtMicros, type CircuitStore, MAX_CIRCUITS } from "../circuit-store.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS target_circuits (
  provider TEXT NOT NULL, model TEXT NOT NULL, deployment TEXT NOT NULL, changed INTEGER NOT NULL, circuit BLOB NOT NULL,
  PRIMARY KEY (provider, model, deployment)
) STRICT, WITHOUT ROWID;`;

interface Claim {
  readonly holder: string;
  /** By the process's own clock, which no setting moves. */
  readonly until: number;
}

/** Circuits in SQLite. One process has the file, so claims need not outlive it. */
export class SqliteCircuitStore implements CircuitStore {
  readonly #database: Database;
  readonly #all: Statement;
  readonly #known: Statement;
  readonly #put: Statement;
  readonly #claims = new Map<string, Claim>();

  constructor(database: Database) {
    database.define(SCHEMA);
    this.#database = database;
    this.#all = database.prepare("SELECT circuit FROM target_circuits");
    this.#known = database.prepare(`SELECT (SELECT count(*) FROM target_circuits) AS count,
      EXISTS (SELECT 1 FROM target_circuits WHERE provider = ? AND model = ? AND deployment = ?) AS known`);
    this.#put = database.prepare(`INSERT INTO target_circuits VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET changed = excluded.changed, circuit = excluded.circuit
      WHERE excluded.changed > target_circuits.changed`);
  }

  load(): Promise<Circuit[]> {
    return this.#database.read(() =>
      this.#all.all<{ circuit: Uint8Array }>().map((row) => fromBinary(CircuitSchema, row.circuit)),
    );
  }

  save(circuit: Circuit): Promise<boolean> {
    const bytes = toBinary(CircuitSchema, circuit);
    const { provider, model, deployment } = circuit;
    return this.#database.change(() => {
      const row = this.#known.get<{ count: bigint; known: bigint }>(provider, model, deployment);
      if (row !== undefined && row.known === 0n && row.count >= MAX_CIRCUITS) return false;
      return this.#put.run(provider, model, deployment, changedAtMicros(circuit), bytes) > 0;
    });
  }

  async claim(name: string, holder: string, forMs: number): Promise<boolean> {
    const now = performance.now();
    const held = this.#claims.get(name);
    if (held !== undefined && held.holder !== holder && held.until > now) return false;
    if (held === undefined && this.#claims.size >= MAX_CIRCUITS && !this.#forgetEnded(now)) return false;
    this.#claims.set(name, { holder, until: now + forMs });
    return true;
  }

  #forgetEnded(now: number): boolean {
    for (const [name, { until }] of this.#claims) if (until <= now) this.#claims.delete(name);
    return this.#claims.size < MAX_CIRCUITS;
  }
}
