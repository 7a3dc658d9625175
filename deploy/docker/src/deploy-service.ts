import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What makes a tree. */
export interface DeploySettings {
  /** Root of the workspace. */
  readonly workspace: string;
  /** Folder of the service, for example router. */
  readonly service: string;
  /** Folder of the tree; it is made anew. */
  readonly tree: string;
  /** Command that runs pnpm, as words. */
  readonly pnpm: readonly string[];
}

/**
 * Puts a service and all that it needs in production below one folder, by the lock file.
 *
 * Packages of the workspace are copied in rather than linked, by a setting for this command alone: in the workspace itself
 * links are wanted, as Node strips types only outside node_modules. Hoisting gives each package a short path, which is what
 * stack traces show.
 *
 * @throws Error for a service that is not there, or where pnpm fails
 */
export function deployService({ workspace, service, tree, pnpm }: DeploySettings): void {
  if (!existsSync(join(workspace, "services", service, "package.json"))) throw new Error(`there is no service "${service}"`);
  const [command = "pnpm", ...words] = pnpm;
  const settings = ["--config.inject-workspace-packages=true", "--config.node-linker=hoisted"];
  const deploy = ["deploy", "--prod", "--frozen-lockfile", "--prefer-offline", tree];
  execFileSync(command, [...words, ...settings, "--filter", `./services/${service}`, ...deploy], { cwd: workspace, stdio: ["ignore", "pipe", "inherit"] });
}
