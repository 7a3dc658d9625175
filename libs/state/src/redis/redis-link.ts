import { Redis, ReplyError } from "ioredis";
import { StateError } from "../state-error.ts";

/** Where a Redis is and how long to wait for it. */
export interface RedisSettings {
  /** For example redis://user:password@host:6379/0. */
  readonly url: string;
  /** Milliseconds one command may take. Default 2,000. */
  readonly commandTimeoutMs?: number | undefined;
  /** Milliseconds a connection may take to come up, also the first. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Commands that may wait for their answers at the same time. Default 10,000. */
  readonly maxPending?: number | undefined;
  /** Start of every key. Default "fairlead:". */
  readonly keyPrefix?: string | undefined;
  /** Hears why a connection broke; it comes back by itself. */
  readonly onConnectionError?: ((error: Error) => void) | undefined;
}

/** A script that Redis keeps: keys and arguments to its raw answer. */
export type RedisScript = (keys: readonly string[], args: readonly (string | Buffer)[]) => Promise<unknown>;

/**
 * A connection to Redis on which nothing waits without a bound: while it is down, commands fail at once; while it is
 * up, each has a time limit and their number is limited.
 */
export class RedisLink {
  readonly prefix: string;
  readonly #redis: Redis;
  readonly #maxPending: number;
  #pending = 0;
  #broken: Error | undefined;
  #closed: Promise<void> | undefined;

  constructor(settings: RedisSettings) {
    const commandTimeout = settings.commandTimeoutMs ?? 2_000;
    this.prefix = settings.keyPrefix ?? "fairlead:";
    this.#maxPending = settings.maxPending ?? 10_000;
    this.#redis = new Redis(settings.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      // A command whose answer was lost may have been carried out: its caller decides whether it can be sent again.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout,
      // Drops a connection that has gone silent, and with it the commands that wait on it.
      socketTimeout: commandTimeout * 2,
      // Milliseconds until a connection that does not close by itself is cut.
      disconnectTimeout: 200,
      connectTimeout: settings.connectTimeoutMs ?? 5_000,
      retryStrategy: (attempt) => Math.min(1_000, 50 * 2 ** Math.min(attempt, 6)) * (0.75 + Math.random() / 4),
    });
    this.#redis.on("error", (error: Error) => {
      this.#broken = error;
      settings.onConnectionError?.(error);
    });
  }

  /** Waits for the first connection. */
  async connect(): Promise<void> {
    try {
      await this.#redis.connect();
    } catch (error) {
      this.#redis.disconnect();
      // The client itself only says that the connection is closed.
      throw unavailable(this.#broken ?? error);
    }
  }

  /** True when commands can be sent now. */
  up(): boolean {
    return this.#redis.status === "ready";
  }

  /** Runs commands. Rejects with StateError. */
  async run<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#pending >= this.#maxPending) throw new StateError("overloaded", "too many commands wait for Redis");
    this.#pending++;
    try {
      return await work(this.#redis);
    } catch (error) {
      throw error instanceof StateError ? error : unavailable(error);
    } finally {
      this.#pending--;
    }
  }

  /** Makes a script known under a name; it is sent whole once and called by its digest from then on. */
  script(name: string, numberOfKeys: number, lua: string): RedisScript {
    this.#redis.defineCommand(name, { numberOfKeys, lua });
    const call = (this.#redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[name];
    if (call === undefined) throw new Error(`ioredis made no command ${name}`);
    const bound = call.bind(this.#redis);
    return (keys, args) => this.run(() => bound(...keys, ...args));
  }

  /** Lets commands under way end, within their time limit, and closes. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.up()) await this.#redis.quit().catch(() => this.#redis.disconnect());
    else this.#redis.disconnect();
  }
}

/** Answers of a pipeline. Rejects with the first error in it. */
export function pipelineAnswers(answers: [Error | null, unknown][] | null): unknown[] {
  if (answers === null) throw new StateError("unavailable", "Redis dropped a pipeline");
  return answers.map(([error, answer]) => {
    if (error !== null) throw unavailable(error);
    return answer;
  });
}

/** The client's error holds the command with its arguments, which may be content: only its kind is told. */
function unavailable(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const reason = error instanceof Error ? error.message : "unknown failure";
  if (error instanceof ReplyError) return new StateError("unavailable", `Redis answered ${firstWord(reason)}`);
  return new StateError("unavailable", `Redis cannot be used: ${reason}`);
}

function firstWord(message: string): string {
  return message.split(" ", 1)[0] ?? "an error";
}
