import { mkdirSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Secret as Kubernetes mounts it: names that lead through one link, which an update swaps. */
export interface MountedSecret {
  readonly folder: string;
  /** Replaces the content of all files in one step. */
  update(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

/** Mounts files in a new folder. */
export function mountSecret(files: Readonly<Record<string, string>>): MountedSecret {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-secret-"));
  const data = join(folder, "..data");
  let version = 0;
  const update = (next: Readonly<Record<string, string>>) => {
    const before = version === 0 ? undefined : readlinkSync(data);
    const name = `..version_${(version += 1)}`;
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(next)) writeFileSync(join(folder, name, file), text);
    symlinkSync(name, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), data);
    if (before !== undefined) rmSync(join(folder, before), { recursive: true });
  };
  update(files);
  for (const file of Object.keys(files)) symlinkSync(join("..data", file), join(folder, file));
  return { folder, update, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
