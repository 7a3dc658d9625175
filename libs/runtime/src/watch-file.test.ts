import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FileWatch, watchFile } from "./watch-file.ts";

/** Longest time from a change to its being told. */
const SOON_MS = 900;

describe("a watched file", () => {
  let folder: string;
  let watch: FileWatch | undefined;
  let told: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "watched-"));
    told = [];
  });

  afterEach(async () => {
    await watch?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(name = "file.yaml"): Promise<string> {
    const file = join(folder, name);
    watch = watchFile(file, () => void told.push(file), { debounceMs: 30, pollMs: 60_000 });
    await watch.ready;
    return file;
  }

  async function tells(change: () => void): Promise<void> {
    const before = told.length;
    const until = performance.now() + SOON_MS;
    change();
    while (told.length === before && performance.now() < until) await sleep(5);
    expect(told.length).toBeGreaterThan(before);
  }

  it("is told when it is written in place, each time", async () => {
    writeFileSync(join(folder, "file.yaml"), "a");
    const file = await start();
    await tells(() => writeFileSync(file, "b"));
    await tells(() => writeFileSync(file, "cc"));
  });

  it("is told when another takes its name", async () => {
    writeFileSync(join(folder, "file.yaml"), "a");
    const file = await start();
    for (const text of ["b", "c", "d"]) {
      await tells(() => {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      });
    }
    await tells(() => writeFileSync(file, "ee"));
  });

  it("is told when it comes, goes and comes back", async () => {
    const file = await start();
    await tells(() => writeFileSync(file, "a"));
    await tells(() => rmSync(file));
    await tells(() => writeFileSync(file, "b"));
  });

  it("is told when its folder comes later", async () => {
    const file = await start("later/file.yaml");
    await tells(() => {
      mkdirSync(join(folder, "later"));
      writeFileSync(file, "a");
    });
    await tells(() => writeFileSync(file, "bb"));
  });

  it("is told when the link that a mounted ConfigMap stands behind is swapped, again and again", async () => {
    const put = (version: string) => {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, "file.yaml"), version);
      symlinkSync(`..${version}`, join(folder, "..data_tmp"));
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    put("1");
    symlinkSync("..data/file.yaml", join(folder, "file.yaml"));
    await start();
    for (const version of ["2", "3", "4"]) {
      await tells(() => {
        put(version);
        rmSync(join(folder, `..${Number(version) - 1}`), { recursive: true });
      });
    }
  });

  it("is told when what its link leads to is written in place", async () => {
    writeFileSync(join(folder, "real.yaml"), "a");
    symlinkSync("real.yaml", join(folder, "file.yaml"));
    await start();
    await tells(() => writeFileSync(join(folder, "real.yaml"), "bb"));
  });

  it("is told when it changes before the watching has begun to see", async () => {
    const file = join(folder, "file.yaml");
    watch = watchFile(file, () => void told.push(file), { debounceMs: 30, pollMs: 60_000 });
    await tells(() => writeFileSync(file, "a"));
  });

  it("is told once for changes in short succession, and not for those of its neighbours", async () => {
    writeFileSync(join(folder, "file.yaml"), "a");
    const file = await start();
    writeFileSync(join(folder, "other.yaml"), "x");
    await tells(() => {
      for (const text of ["b", "cc", "ddd"]) writeFileSync(file, text);
    });
    await sleep(150);
    expect(told).toHaveLength(1);
  });

  it("is not told after the end", async () => {
    const file = await start();
    await watch?.close();
    writeFileSync(file, "a");
    await sleep(150);
    expect(told).toEqual([]);
  });
});
