import { mkdirSync, mkdtempSync, renameSync, rmSync, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where tools are kept for every clone of one user. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "fairlead", "tools");
}

/**
 * The folder `name` in the cache. Where it is not there yet, `fill` writes it: beside it, and it appears whole or not at all,
 * also when two processes do so at once.
 */
export function cached(name: string, fill: (folder: string) => void): string {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), ".draft-"));
  try {
    fill(draft);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
