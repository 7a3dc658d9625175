import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Paths of all files of a tree, from its root. */
export function filesOf(tree: string): string[] {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1));
}

/** Paths of the files that are not of packages from elsewhere. */
export function ownFiles(paths: readonly string[]): string[] {
  return paths.filter((path) => /^(?:.*node_modules\/@fairlead\/[^/]+\/)?(?!.*node_modules\/)/.test(path));
}

/** Names of the packages of a tree, wherever in it they are. */
export function packagesOf(paths: readonly string[]): Set<string> {
  const names = paths.map((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/** Bytes of a tree's files. */
export function sizeOf(tree: string, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(join(tree, path)).size, 0);
}
