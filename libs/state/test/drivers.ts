import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisServer, startRedisServer } from "@fairlead/testing/redis-server";
import { type EmbeddedState, openEmbeddedState } from "../src/open-embedded-state.ts";
import { openRedisState, type RedisState } from "../src/open-redis-state.ts";
import type { CacheLimits } from "../src/response-cache.ts";

/** What a test may ask of the state it opens. */
export interface StateOptions {
  readonly cache?: CacheLimits;
  readonly now?: () => number;
  readonly rememberMs?: number;
}

/** A way to keep state, as the suites see it. */
export interface Driver {
  readonly name: "redis" | "embedded";
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Opens the state of a name: the same name finds the same state again. */
  open(name: string, options?: StateOptions): Promise<EmbeddedState | RedisState>;
}

/** Each driver that the suites run against. */
export const drivers: readonly Driver[] = [closing(embeddedDriver()), closing(redisDriver())];

let names = 0;

/** A name that no other test uses. */
export function freshName(): string {
  names += 1;
  return `state-${names}`;
}

/** Closes what a failed test left open, which would keep the run from ending. */
function closing(driver: Driver): Driver {
  const opened: (EmbeddedState | RedisState)[] = [];
  return {
    ...driver,
    async open(name, options) {
      const state = await driver.open(name, options);
      opened.push(state);
      return state;
    },
    async stop() {
      await Promise.all(opened.splice(0).map((state) => state.close()));
      await driver.stop();
    },
  };
}

function embeddedDriver(): Driver {
  let directory = "";
  return {
    name: "embedded",
    start: async () => void (directory = mkdtempSync(join(tmpdir(), "fairlead-state-"))),
    stop: async () => rmSync(directory, { recursive: true, force: true }),
    open: async (name, options = {}) => openEmbeddedState({ file: join(directory, `${name}.db`), ...options }),
  };
}

function redisDriver(): Driver {
  let server: RedisServer | undefined;
  return {
    name: "redis",
    start: async () => void (server = await startRedisServer()),
    stop: async () => server?.stop(),
    open: (name, options = {}) => openRedisState({ url: server?.url ?? "", keyPrefix: `${name}:`, ...options }),
  };
}
