import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileKeys } from "./file-keys.ts";
import type { KeySource } from "./key-source.ts";

const QUICK = { debounceMs: 10, pollMs: 50, emptyMs: 100 };

/** What a source tells, one after the other. */
function listen(source: KeySource) {
  const told: unknown[] = [];
  let wake = () => {};
  const tell = (what: unknown) => {
    told.push(what);
    wake();
  };
  source.follow({ changed: () => tell(source.current), failed: tell });
  return async () => {
    while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return told.shift();
  };
}

describe("keys of a file", () => {
  let folder: string;
  let path: string;
  let source: KeySource | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
    path = join(folder, "keys");
  });
  afterEach(async () => {
    await source?.close();
    source = undefined;
    rmSync(folder, { recursive: true });
  });

  it("are read and followed, whether the file is written in place or replaced", async () => {
    writeFileSync(path, "a\nb\n");
    source = fileKeys(path, QUICK);
    const told = listen(source);
    expect(source).toMatchObject({ name: path, current: ["a", "b"] });
    writeFileSync(path, '["c"]');
    expect(await told()).toEqual(["c"]);
    writeFileSync(`${path}.new`, "d");
    renameSync(`${path}.new`, path);
    expect(await told()).toEqual(["d"]);
  });

  it("stay where the file comes to hold a broken key, which is not repeated, or goes away", async () => {
    writeFileSync(path, "a");
    source = fileKeys(path, QUICK);
    const told = listen(source);
    writeFileSync(path, "b\nsecret key");
    expect(await told()).toBe("line 2 is not a key: printable ASCII without spaces, 1,024 characters at most");
    unlinkSync(path);
    expect(await told()).toBe("it cannot be read (ENOENT)");
    writeFileSync(path, "x".repeat(200_000));
    expect(await told()).toBe("it is longer than 131072 bytes");
    expect(source.current).toEqual(["a"]);
  });

  it("are withdrawn once the file stays empty, and not while it is emptied to be written", async () => {
    writeFileSync(path, "a");
    source = fileKeys(path, QUICK);
    const told = listen(source);
    writeFileSync(path, "");
    const emptied = performance.now();
    expect(await told()).toEqual([]);
    expect(performance.now() - emptied).toBeGreaterThan(90);
    writeFileSync(path, "b");
    expect(await told()).toEqual(["b"]);
    await source.close();
    source = fileKeys(path, { ...QUICK, emptyMs: 60_000 });
    const next = listen(source);
    writeFileSync(path, "");
    await new Promise((resolve) => setTimeout(resolve, 150));
    writeFileSync(path, "c");
    expect(await next()).toEqual(["c"]);
  });

  it("are all those of a folder as Kubernetes mounts a Secret, whose link is swapped", async () => {
    const mount = (name: string, files: Record<string, string>) => {
      mkdirSync(join(folder, name));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
      symlinkSync(name, join(folder, "..new"));
      renameSync(join(folder, "..new"), join(folder, "..data"));
    };
    mount("..1", { second: "b", first: "a\n" });
    for (const file of ["first", "second"]) symlinkSync(`..data/${file}`, join(folder, file));
    source = fileKeys(folder, QUICK);
    const told = listen(source);
    expect(source.current).toEqual(["a", "b"]);
    mount("..2", { second: "c", first: "a" });
    expect(await told()).toEqual(["a", "c"]);
    mount("..3", { second: "c d", first: "a" });
    expect(await told()).toMatch(/^second: line 1 is not a key/);
  });

  it("are told when a file of the folder is written in place", async () => {
    writeFileSync(path, "a");
    source = fileKeys(folder, QUICK);
    const told = listen(source);
    writeFileSync(path, "b");
    expect(await told()).toEqual(["b"]);
  });

  it("stop the start, with the path, where there are none to read", () => {
    expect(() => fileKeys(path, QUICK)).toThrow(`Configuration: ${path}: it cannot be read (ENOENT)`);
    writeFileSync(path, "a b");
    expect(() => fileKeys(path, QUICK)).toThrow(`Configuration: ${path}: line 1 is not a key`);
  });
});
