import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Circuit, CircuitSchema } from "@fairlead/contracts/execution/v1/circuit";
import { changedAtMicros, type CircuitStore, MAX_CIRCUITS } from "../circuit-store.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS circuits (
  provider TEXT NOT NULL, model TEXT NOT NULL, changed INTEGER NOT NULL, circuit BLOB NOT NULL,
  PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;`;

/** Circuits in SQLite. */
export class SqliteCircuitStore implements CircuitStore {
  readonly #database: Database;
  readonly #all: Statement;
  readonly #known: Statement;
  readonly #put: Statement;

  constructor(database: Database) {
    database.define(SCHEMA);
    this.#database = database;
    this.#all = database.prepare("SELECT circuit FROM circuits");
    this.#known = database.prepare(`SELECT (SELECT count(*) FROM circuits) AS count,
      EXISTS (SELECT 1 FROM circuits WHERE provider = ? AND model = ?) AS known`);
    this.#put = database.prepare(`INSERT INTO circuits VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET changed = excluded.changed, circuit = excluded.circuit
      WHERE excluded.changed > circuits.changed`);
  }

  load(): Promise<Circuit[]> {
    return this.#database.read(() =>
      this.#all.all<{ circuit: Uint8Array }>().map((row) => fromBinary(CircuitSchema, row.circuit)),
    );
  }

  save(circuit: Circuit): Promise<boolean> {
    const bytes = toBinary(CircuitSchema, circuit);
    const { provider, model } = circuit;
    return this.#database.change(() => {
      const row = this.#known.get<{ count: bigint; known: bigint }>(provider, model);
      if (row !== undefined && row.known === 0n && row.count >= MAX_CIRCUITS) return false;
      return this.#put.run(provider, model, changedAtMicros(circuit), bytes) > 0;
    });
  }
}
