import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** How closely a file is watched. */
export interface WatchFileSettings {
  /** Milliseconds of rest after a change before it is told. Unset: 100. */
  readonly debounceMs?: number;
  /** Milliseconds between looks at file systems that report no changes. Unset: 5,000. */
  readonly pollMs?: number;
}

/** A file that is watched. */
export interface FileWatch {
  /** Resolves once changes are seen. */
  readonly ready: Promise<void>;
  /** Ends the watching; nothing is told after it is called. */
  close(): Promise<void>;
}

/** Entries of a folder that are looked at. */
const MAX_ENTRIES = 256;

/** What Kubernetes puts a mounted ConfigMap's or Secret's files behind; an update swaps this link, not the file. */
const MOUNTED_DATA = "..data";

/**
 * Watches one file, or a folder of files, and tells when what is found under its name is another or has other content.
 *
 * The file need not be there yet and may go and come back; writing in place, replacing by rename and swapping of links
 * are all seen. Several changes in short succession are told once. Whoever reads the file after this call misses no change.
 *
 * @param changed told after each change; it reads the file itself
 */
export function watchFile(file: string, changed: () => void, settings: WatchFileSettings = {}): FileWatch {
  const { debounceMs = 100, pollMs = 5_000 } = settings;
  const path = resolve(file);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let known = signatureOf(path);

  const look = () => {
    const found = signatureOf(path);
    if (closed || found === known) return;
    known = found;
    changed();
  };
  const touched = () => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(look, debounceMs);
  };
  const watchers = [watchEntry(path), watchContent(path)];
  for (const watcher of watchers) watcher.on("all", touched).on("error", touched);
  const poll = setInterval(look, pollMs).unref();
  // What changed before the watchers saw anything is told too.
  const ready = Promise.all(watchers.map(isReady)).then(touched);
  return {
    ready,
    async close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}

/** Sees the file come, go and be replaced, and the link swapped that leads to it; no other file of the folder is watched. */
function watchEntry(path: string): FSWatcher {
  const folder = dirname(path);
  const watched = new Set([folder, path, resolve(folder, MOUNTED_DATA)]);
  return watch(folder, {
    depth: 0,
    ignoreInitial: true,
    followSymlinks: false,
    // Folders above are looked at where this one is not there yet.
    ignored: (entry) => !watched.has(resolve(entry)) && !folder.startsWith(`${resolve(entry)}/`),
  });
}

/** Sees the content change in place, also where the name is a link. */
function watchContent(path: string): FSWatcher {
  return watch(path, { depth: 1, ignoreInitial: true, followSymlinks: true });
}

function isReady(watcher: FSWatcher): Promise<void> {
  return new Promise((done) => watcher.once("ready", () => done()));
}

/** Tells one state of a file, or of the files of a folder, from another; links are followed. */
function signatureOf(path: string): string {
  return [signatureOfEntry(path), ...entriesOf(path).map((entry) => `${entry}=${signatureOfEntry(join(path, entry))}`)].join("/");
}

/** None where it is no folder. */
function entriesOf(path: string): string[] {
  try {
    return readdirSync(path).slice(0, MAX_ENTRIES);
  } catch {
    return [];
  }
}

function signatureOfEntry(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(":");
  } catch {
    return "absent";
  }
}
