import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkImports } from "./check-imports.ts";

describe("what the modules of a tree import", () => {
  let tree: string;

  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "tree-"));
    for (const [path, text] of [["src/main.js", ""], ["src/other.js", ""], ["node_modules/zod/package.json", "{}"], ["node_modules/@a/b/package.json", "{}"]] as const) {
      mkdirSync(join(tree, path, ".."), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
  });

  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  const check = (...imports: string[]) => () => checkImports(tree, [{ file: join(tree, "src/main.js"), imports }]);

  it("is there when it is a file, a package or a part of Node", () => {
    expect(check("./other.js", "node:path", "zod", "zod/v4", "@a/b/c")).not.toThrow();
  });

  it.each(["./gone.js", "gone", "@a/gone/c"])("is missed where %s is not there", (specifier) => {
    expect(check("zod", specifier)).toThrow(`not in the tree:\nsrc/main.js imports ${specifier}`);
  });
});
