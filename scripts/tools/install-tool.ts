import { installTools } from "./install-tools.ts";

// `node scripts/tools/install-tool.ts helm promtool` prints the path of each, one a line.
const names = process.argv.slice(2);
const paths = installTools(names);
process.stdout.write(names.map((name) => `${paths[name]}\n`).join(""));
