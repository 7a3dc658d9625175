import { copyFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { cached } from "./cache-folder.ts";
import { filesOf } from "./fetch-module.ts";
import { readPins } from "./read-pins.ts";

/**
 * Paths of the files that tools.yaml pins under a name, copied into the cache.
 *
 * @throws Error when there is no such name or they cannot be had
 */
export function installFiles(name: string): string[] {
  const pin = readPins().files[name];
  if (pin === undefined) throw new Error(`tools.yaml knows no files ${name}`);
  const folder = cached(`${name}-${pin.version}-${pin.sum.slice(3, 11).replaceAll(/\W/g, "-")}`, (draft) => {
    for (const file of filesOf(pin)) copyFileSync(file, join(draft, basename(file)));
  });
  return readdirSync(folder).sort().map((file) => join(folder, file));
}
