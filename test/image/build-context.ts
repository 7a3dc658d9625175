import { cpSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type dockerignoreOf from "@balena/dockerignore";

// It exports a function and is typed as a module with a default.
const dockerignore = createRequire(import.meta.url)("@balena/dockerignore") as typeof dockerignoreOf.default;

const WORKSPACE = new URL("../../", import.meta.url).pathname;

/** Names of folders that are large and in no context; looking into them would only take time. */
const SKIPPED = new Set(["node_modules", ".git"]);

/** Copies what an engine is sent: the workspace without what .dockerignore names. */
export function copyBuildContext(target: string): void {
  const ignored = dockerignore().add(readFileSync(join(WORKSPACE, ".dockerignore"), "utf8"));
  for (const path of filesBelow("")) if (!ignored.ignores(path)) cpSync(join(WORKSPACE, path), join(target, path));
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(WORKSPACE, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
