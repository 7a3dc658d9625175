import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { StateError } from "../state-error.ts";

/** How many changes may wait to be written together. */
const MAX_WAITING = 10_000;

interface Work {
  readonly run: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A SQLite file (or memory) for one process. Changes of the same turn of the event loop are written in one
 * transaction, and their promises resolve when it is written: a process that is killed loses nothing it has answered.
 */
export class Database {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #waiting: Work[] = [];
  #rollbacks = 0;
  #closed = false;

  /** @param file path, or ":memory:" */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;");
    this.#begin = this.#database.prepare("BEGIN IMMEDIATE");
    this.#commit = this.#database.prepare("COMMIT");
    this.#rollback = this.#database.prepare("ROLLBACK");
  }

  /** How many transactions were taken back: whoever remembers what is stored must read it again when this has grown. */
  rollbacks(): number {
    return this.#rollbacks;
  }

  /** Creates what is missing of a schema. */
  define(schema: string): void {
    this.#database.exec(schema);
  }

  /** Prepares a statement whose integers are read as bigint. */
  prepare(sql: string): Statement {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    return new Statement(statement);
  }

  /**
   * Runs a change in a transaction. The work must do nothing but read and write this database, for it is run a second
   * time when another change of the same transaction fails. Rejects with StateError.
   */
  change<T>(run: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new StateError("unavailable", "the database is closed"));
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new StateError("overloaded", "too many changes wait for the database"));
    }
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ run, resolve, reject });
    });
  }

  /** Reads what has been written. Rejects with StateError. */
  async read<T>(run: () => T): Promise<T> {
    if (this.#closed) throw new StateError("unavailable", "the database is closed");
    this.#flush();
    try {
      return run();
    } catch (error) {
      throw asStateError(error);
    }
  }

  /** Writes what waits and closes. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#database.close();
  }

  #flush(): void {
    const works = this.#waiting;
    if (works.length === 0) return;
    this.#waiting = [];
    const failure = this.#together(works);
    if (failure === undefined) return;
    const [only] = works;
    if (works.length === 1 && only !== undefined) {
      only.reject(asStateError(failure));
      return;
    }
    for (const work of works) {
      const alone = this.#together([work]);
      if (alone !== undefined) work.reject(asStateError(alone));
    }
  }

  /** Runs works in one transaction; what failed, after nothing was changed, or undefined. */
  #together(works: readonly Work[]): unknown {
    const results: unknown[] = [];
    try {
      this.#begin.run();
      for (const work of works) results.push(work.run());
      this.#commit.run();
    } catch (error) {
      this.#rollbacks++;
      if (this.#database.isTransaction) this.#rollback.run();
      return error ?? new Error("unknown failure");
    }
    works.forEach((work, position) => work.resolve(results[position] as never));
    return undefined;
  }
}

/** A prepared statement; rows are objects by column. */
export class Statement {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  /** The first row. */
  get<Row>(...values: SQLInputValue[]): Row | undefined {
    return this.#statement.get(...values) as Row | undefined;
  }

  all<Row>(...values: SQLInputValue[]): Row[] {
    return this.#statement.all(...values) as Row[];
  }

  /** Runs it for its effect; how many rows it changed. */
  run(...values: SQLInputValue[]): number {
    return Number(this.#statement.run(...values).changes);
  }
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  return new StateError("unavailable", `SQLite failed: ${error instanceof Error ? error.message : "unknown failure"}`);
}
