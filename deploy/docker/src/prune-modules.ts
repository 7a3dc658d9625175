import { globSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * What Node cannot use below node_modules: it refuses TypeScript there, so sources and declarations are of no use, and maps
 * only lead to sources.
 */
const UNUSABLE = ["node_modules/**/*.{ts,mts,cts}", "node_modules/**/*.map", "node_modules/**/*.tsbuildinfo"];

/** What the package manager notes down for its next run. */
const NOTES = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "**/node_modules/{.bin,.pnpm,.modules.yaml}", "node_modules/.pnpm-workspace-state-v1.json"];

/** Removes from a tree what cannot be run; licences stay. */
export function pruneModules(tree: string): void {
  for (const path of globSync([...UNUSABLE, ...NOTES], { cwd: tree })) rmSync(join(tree, path), { recursive: true, force: true });
  for (const path of globSync("node_modules/{@types/*,undici-types}", { cwd: tree })) rmSync(join(tree, path), { recursive: true });
  removeEmpty(tree);
}

function removeEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
