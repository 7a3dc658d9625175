import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import type { CompiledModule } from "./compile-package.ts";

/**
 * Holds what our modules import against what is in a tree, so that also a module that is loaded late is there.
 *
 * @throws Error that names each import of something that is not there
 */
export function checkImports(tree: string, modules: readonly CompiledModule[]): void {
  const missing = modules.flatMap(({ file, imports }) =>
    imports.filter((specifier) => !isThere(tree, file, specifier)).map((specifier) => `${relative(tree, file)} imports ${specifier}`),
  );
  if (missing.length > 0) throw new Error(`not in the tree:\n${missing.join("\n")}`);
}

function isThere(tree: string, file: string, specifier: string): boolean {
  if (isBuiltin(specifier)) return true;
  if (specifier.startsWith(".")) return existsSync(resolve(dirname(file), specifier));
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", name, "package.json"))) return true;
    if (folder === tree) return false;
  }
}
