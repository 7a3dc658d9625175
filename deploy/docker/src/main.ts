import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildTree } from "./build-tree.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { pnpm: { type: "string", default: "pnpm" } } });
const [service, tree] = positionals;
if (service === undefined || service === "" || tree === undefined) {
  process.stderr.write("usage: main.ts <service> <folder of the tree> [--pnpm <command>]\n");
  process.exit(64);
}
const workspace = resolve(import.meta.dirname, "../../..");
buildTree({ workspace, service, tree: resolve(tree), pnpm: values.pnpm.split(" ") });
