import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkImports } from "./check-imports.ts";
import { compilePackage } from "./compile-package.ts";
import { type DeploySettings, deployService } from "./deploy-service.ts";
import { pruneModules } from "./prune-modules.ts";

/**
 * Makes the production tree of a service: `node src/main.js` in it is the service, without TypeScript, tests, development
 * dependencies or anything of the workspace around it.
 *
 * @throws Error where the tree would not be whole
 */
export function buildTree(settings: DeploySettings): void {
  const { tree } = settings;
  rmSync(tree, { recursive: true, force: true });
  deployService(settings);
  const packages = [tree, ...globSync("**/node_modules/@fairlead/*", { cwd: tree }).map((path) => join(tree, path))];
  const modules = packages.flatMap(compilePackage);
  pruneModules(tree);
  checkImports(tree, modules);
}
