import { checkNote, MAX_NOTES_PER_TOPIC, type SharedNotes } from "../shared-notes.ts";
import { StateError } from "../state-error.ts";
import type { Database, Statement } from "./database.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS notes (
  topic TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (topic, name)
) STRICT, WITHOUT ROWID;
`;

interface NoteRow {
  readonly name: string;
  readonly note: string;
}

/** Notes in SQLite. */
export class SqliteSharedNotes implements SharedNotes {
  readonly #database: Database;
  readonly #statements: Readonly<Record<"all" | "one" | "count" | "put" | "remove", Statement>>;

  constructor(database: Database) {
    database.define(SCHEMA);
    this.#database = database;
    this.#statements = {
      all: database.prepare("SELECT name, note FROM notes WHERE topic = ?"),
      one: database.prepare("SELECT name, note FROM notes WHERE topic = ? AND name = ?"),
      count: database.prepare("SELECT count(*) AS count FROM notes WHERE topic = ?"),
      put: database.prepare("INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET note = excluded.note"),
      remove: database.prepare("DELETE FROM notes WHERE topic = ? AND name = ?"),
    };
  }

  read(topic: string): Promise<ReadonlyMap<string, string>> {
    return this.#database.read(() => byName(this.#statements.all.all<NoteRow>(topic)));
  }

  readSome(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#database.read(() => {
      const rows = names.map((name) => this.#statements.one.get<NoteRow>(topic, name));
      return byName(rows.filter((row) => row !== undefined));
    });
  }

  async swap(topic: string, name: string, expected: string | undefined, next: string | undefined): Promise<boolean> {
    checkNote(name, next);
    return this.#database.change(() => {
      const found = this.#statements.one.get<NoteRow>(topic, name)?.note;
      if (found !== expected) return false;
      if (next === undefined) this.#statements.remove.run(topic, name);
      else this.#put(topic, name, next, found === undefined);
      return true;
    });
  }

  #put(topic: string, name: string, note: string, isNew: boolean): void {
    const count = isNew ? (this.#statements.count.get<{ count: bigint }>(topic)?.count ?? 0n) : 0n;
    if (count >= MAX_NOTES_PER_TOPIC)
      throw new StateError("full", `${MAX_NOTES_PER_TOPIC} notes of one topic are kept already`);
    this.#statements.put.run(topic, name, note);
  }
}

function byName(rows: readonly NoteRow[]): ReadonlyMap<string, string> {
  return new Map(rows.map(({ name, note }) => [name, note]));
}
