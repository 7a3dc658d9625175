import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache-folder.ts";
import type { WheelPin } from "./read-pins.ts";

/**
 * The path of a program that comes in a Python wheel; pip compares the hash.
 *
 * @throws Error when pip is missing or the hash is another; pip's words go to standard error
 */
export function installWheel(name: string, pin: WheelPin): string {
  const folder = cached(`${name}-${pin.version}-${pin.sha256[0]?.slice(0, 8)}`, (draft) => {
    const requirements = join(draft, "requirements.txt");
    writeFileSync(requirements, `${pin.wheel}==${pin.version} ${pin.sha256.map((sum) => `--hash=sha256:${sum}`).join(" ")}\n`);
    const flags = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--root-user-action=ignore", "--target", draft, "-r", requirements];
    execFileSync("python3", ["-m", "pip", "install", ...flags], { stdio: ["ignore", 2, 2] });
    rmSync(requirements);
  });
  return join(folder, "bin", name);
}
