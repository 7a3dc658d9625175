import { toJavaScript } from "./to-javascript.ts";

describe("turning a module into JavaScript", () => {
  it.each([
    ['import { a } from "./a.ts";', 'import { a } from "./a.js";', ["./a.js"]],
    ['export { a } from "../b/a.ts";', 'export { a } from "../b/a.js";', ["../b/a.js"]],
    ["export * from './a.ts';", "export * from './a.js';", ["./a.js"]],
    ['const a = await import("./a.ts");', 'const a = await import("./a.js");', ["./a.js"]],
    ["const a = await import(`./a.ts`);", "const a = await import(`./a.js`);", ["./a.js"]],
    ['import { join } from "node:path";', 'import { join } from "node:path";', ["node:path"]],
    ['import { a } from "@fairlead/rpc/call";', 'import { a } from "@fairlead/rpc/call";', ["@fairlead/rpc/call"]],
    ['const url = new URL("./worker.ts", import.meta.url);', 'const url = new URL("./worker.js", import.meta.url);', []],
    ["const url = new URL(`${name}/src/service.ts`, base);", "const url = new URL(`${name}/src/service.js`, base);", []],
    ['const models = new URL("./models.yaml", import.meta.url);', 'const models = new URL("./models.yaml", import.meta.url);', []],
    ['// see "./a.ts"', '// see "./a.ts"', []],
    ['const text = "👋"; import "./a.ts";', 'const text = "👋"; import "./a.js";', ["./a.js"]],
  ])("%s", (source, code, imports) => {
    expect(toJavaScript(source, "x.ts")).toEqual({ code, imports });
  });

  it("leaves every remaining character where it was", () => {
    const source = 'interface A {\n  readonly a: string;\n}\nexport function f(a: A, b?: number): string {\n  return a.a as string;\n}\n';
    const { code } = toJavaScript(source, "x.ts");
    expect(code.length).toBe(source.length);
    for (const word of ["export function f", "return a.a"]) expect(code.indexOf(word)).toBe(source.indexOf(word));
    expect(code).not.toContain("interface");
  });

  it("leaves out imports of types alone", () => {
    expect(toJavaScript('import type { A } from "./a.ts";', "x.ts").imports).toEqual([]);
  });

  it.each(['const file = "./a.ts";', "spawn(`${folder}/main.ts`);", 'import "elsewhere/a.ts";', 'new Worker("./a.ts");'])("refuses %s, which would name nothing", (source) => {
    expect(() => toJavaScript(`\n${source}`, "x.ts")).toThrow(/^x\.ts:2: ".*\.ts" names a source/);
  });
});
