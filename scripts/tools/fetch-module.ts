import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourcePin } from "./read-pins.ts";

/**
 * Paths of the pinned files of a Go module, through the Go proxy.
 *
 * @throws Error when the module cannot be had, its hash is not the pinned one, or it has no such file
 */
export function filesOf(pin: SourcePin): string[] {
  const files = globSync(join(folderOf(pin), pin.files)).sort();
  if (files.length === 0) throw new Error(`${pin.module}@${pin.version} has no ${pin.files}`);
  return files;
}

function folderOf(pin: SourcePin): string {
  const wanted = `${pin.module}@${pin.version}`;
  const answer = execFileSync("go", ["mod", "download", "-json", wanted], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "", GOSUMDB: "off", GOWORK: "off" },
    stdio: ["ignore", "pipe", 2],
  });
  const { Dir: folder, Sum: sum } = JSON.parse(answer) as { Dir: string; Sum: string };
  if (sum !== pin.sum) throw new Error(`${wanted} has the hash ${sum}, but ${pin.sum} is pinned`);
  return folder;
}
