import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes a chart, making the folder where needed.
 *
 * @param name of the file; `.svg` is added when it is missing
 * @returns the path of the file
 */
export async function writeSvg(directory: string, name: string, svg: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, name.endsWith(".svg") ? name : `${name}.svg`);
  await writeFile(path, svg);
  return path;
}
