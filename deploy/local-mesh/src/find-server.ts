import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian puts servers, which is not on everybody's path. */
const SYSTEM_PATHS = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/**
 * The path of a server program: from the PATH, or, for root, installed from the system's packages.
 *
 * @throws Error that says what to install
 */
export function findServer(program: string, debianPackage: string, say: (line: string) => void): string {
  const found = lookUp(program);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && lookUp("apt-get") !== undefined) {
    say(`installing ${debianPackage}`);
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { env: environment, stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", debianPackage], { env: environment, stdio: "ignore" });
    const installed = lookUp(program);
    if (installed !== undefined) return installed;
  }
  throw new Error(`${program} is not on the PATH. Install it, on Debian: apt-get install ${debianPackage}`);
}

function lookUp(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_PATHS];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
