import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toJavaScript } from "./to-javascript.ts";
import { toManifest } from "./to-manifest.ts";

/** A module of a package as it was written, and what it imports. */
export interface CompiledModule {
  readonly file: string;
  readonly imports: readonly string[];
}

/** What no image holds: tests, what only tests use, and declarations for compilers. */
const LEFT_OUT = ["test", "**/testing", "**/*.test.ts", "**/*.d.ts"];

/** Turns one of our packages, in place, into what Node runs: JavaScript and the data beside it. */
export function compilePackage(folder: string): CompiledModule[] {
  for (const path of globSync(LEFT_OUT, { cwd: folder, exclude: isForeign })) rmSync(join(folder, path), { recursive: true, force: true });
  const sources = globSync("**/*.{ts,js}", { cwd: folder, exclude: isForeign }).map((path) => join(folder, path));
  const modules = sources.map(compileModule);
  const manifest = join(folder, "package.json");
  replace(manifest, `${JSON.stringify(toManifest(JSON.parse(readFileSync(manifest, "utf8"))), undefined, 2)}\n`);
  return modules;
}

function compileModule(source: string): CompiledModule {
  const { code, imports } = toJavaScript(readFileSync(source, "utf8"), source);
  const file = source.replace(/\.ts$/, ".js");
  replace(source, code, file);
  return { file, imports };
}

/** Writes anew and never in place: a file may be a link to the store of packages. */
function replace(old: string, text: string, file = old): void {
  rmSync(old);
  writeFileSync(file, text);
}

function isForeign(path: string): boolean {
  return path.split("/").includes("node_modules");
}
