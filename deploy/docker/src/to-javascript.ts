import { stripTypeScriptTypes } from "node:module";
import { type Node, parse } from "acorn";
import { fullAncestor } from "acorn-walk";

/** A module as Node runs it, and the modules that it names. */
export interface JavaScriptModule {
  readonly code: string;
  /** Specifiers of static and dynamic imports, as they stand in the code. */
  readonly imports: readonly string[];
}

/** A piece of text of the module: a string, or the last part of a template. */
interface Text {
  readonly node: Node;
  readonly value: string;
  /** Where its last character is followed by the closing quote. */
  readonly end: number;
}

/**
 * Turns a module in TypeScript into one in JavaScript that is as long, line by line and column by column, so that stack
 * traces point into the source. Types become blanks, and names of other modules lose their ".ts" for ".js" where a module
 * is named: in imports, and in `new URL(name, base)`.
 *
 * @param file name for errors
 * @throws Error for any other text that ends in ".ts": it would name a file that is not there
 */
export function toJavaScript(source: string, file: string): JavaScriptModule {
  const stripped = stripTypeScriptTypes(source, { mode: "strip" });
  const code = [...stripped];
  // Positions are counted in UTF-16 units; a character of two units would shift what follows.
  if (code.length !== stripped.length) code.splice(0, code.length, ...stripped.split(""));
  const imports: string[] = [];
  fullAncestor(parse(stripped, { ecmaVersion: "latest", sourceType: "module", locations: true }), (node, _state, ancestors) => {
    const text = textOf(node, stripped);
    if (text === undefined) return;
    const parent = ancestors.at(-2);
    const imported = parent !== undefined && isImport(parent, node);
    if (text.value.endsWith(".ts")) {
      if (!(imported && text.value.startsWith(".")) && !isAddress(parent, node))
        throw new Error(`${file}:${node.loc?.start.line}: "${text.value}" names a source; an image has none`);
      code.splice(text.end - 2, 2, "j", "s");
    }
    if (imported) imports.push(text.value.replace(/^(\..*)\.ts$/, "$1.js"));
  });
  return { code: code.join(""), imports };
}

function textOf(node: Node, source: string): Text | undefined {
  if (is(node, "Literal") && typeof node["value"] === "string") return { node, value: node["value"], end: node.end - 1 };
  if (!is(node, "TemplateLiteral")) return undefined;
  const last = (node["quasis"] as Node[]).at(-1);
  return last === undefined ? undefined : { node, value: source.slice(last.start, last.end), end: last.end };
}

function isImport(parent: Node, node: Node): boolean {
  const kinds = ["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration", "ImportExpression"];
  return kinds.some((kind) => is(parent, kind) && parent["source"] === node);
}

/** Whether it is the first argument of `new URL`. */
function isAddress(parent: Node | undefined, node: Node): boolean {
  if (parent === undefined || !is(parent, "NewExpression") || (parent["arguments"] as Node[])[0] !== node) return false;
  const callee = parent["callee"] as Node;
  return is(callee, "Identifier") && callee["name"] === "URL";
}

function is(node: Node, type: string): node is Node & Record<string, unknown> {
  return node.type === type;
}
