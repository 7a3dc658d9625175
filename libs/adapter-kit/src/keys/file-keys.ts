import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@fairlead/runtime/config";
import { watchFile, type WatchFileSettings } from "@fairlead/runtime/watch-file";
import type { KeyFollower, KeySource } from "./key-source.ts";
import { MAX_KEYS, type ParsedKeys, parseKeyFile } from "./parse-keys.ts";

const MAX_FILE_BYTES = 128 * 1024;
/** Milliseconds for which a file must have been empty before its keys are withdrawn: some tools empty it and then write. */
const EMPTY_MS = 2_000;

/** How closely files of keys are followed. */
export interface FileKeysSettings extends WatchFileSettings {
  readonly emptyMs?: number;
}

/**
 * Keys of a file, or of all files of a folder in the order of their names, as Kubernetes mounts Secrets; followed through
 * links. What cannot be read or holds a broken key changes nothing. A file that stays empty withdraws its keys.
 *
 * @throws ConfigError where no keys can be read from the start
 */
export function fileKeys(path: string, settings: FileKeysSettings = {}): KeySource {
  const { emptyMs = EMPTY_MS } = settings;
  let follower: KeyFollower | undefined;
  let timer: NodeJS.Timeout | undefined;
  // The watching begins before the reading, so that no change is missed.
  const watch = watchFile(path, () => look(false), settings);
  const first = readKeys(path);
  if ("problem" in first) {
    void watch.close();
    throw new ConfigError(`Configuration: ${path}: ${first.problem}`);
  }
  let current = first.keys;

  function look(settled: boolean): void {
    clearTimeout(timer);
    const read = readKeys(path);
    if ("problem" in read) return follower?.failed(read.problem);
    if (read.keys.length === 0 && current.length > 0 && !settled) {
      timer = setTimeout(() => look(true), emptyMs);
      return;
    }
    if (sameKeys(read.keys, current)) return;
    current = read.keys;
    follower?.changed();
  }
  return {
    name: path,
    get current() {
      return current;
    },
    follow: (told) => void (follower = told),
    async close() {
      clearTimeout(timer);
      follower = undefined;
      await watch.close();
    },
  };
}

function readKeys(path: string): ParsedKeys {
  try {
    return statSync(path).isDirectory() ? readFolder(path) : readFile(path);
  } catch (error) {
    return { problem: `it cannot be read (${String((error as { readonly code?: unknown }).code)})` };
  }
}

function readFile(path: string): ParsedKeys {
  if (statSync(path).size > MAX_FILE_BYTES) return { problem: `it is longer than ${MAX_FILE_BYTES} bytes` };
  return parseKeyFile(readFileSync(path, "utf8"));
}

/** What begins with a dot, such as the folders behind a mounted Secret, is not looked at. */
function readFolder(path: string): ParsedKeys {
  const names = readdirSync(path).filter((name) => !name.startsWith(".")).sort();
  if (names.length > MAX_KEYS) return { problem: `there are more than ${MAX_KEYS} files` };
  const keys = new Set<string>();
  for (const name of names) {
    const read = readFile(join(path, name));
    if ("problem" in read) return { problem: `${name}: ${read.problem}` };
    for (const key of read.keys) keys.add(key);
  }
  return keys.size > MAX_KEYS ? { problem: `there are more than ${MAX_KEYS} keys` } : { keys: [...keys] };
}

function sameKeys(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}
