import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bakeFile } from "./bake-file.ts";

// Prints what builds every image at once: pnpm --silent images --registry example.org/team | docker buildx bake -f - --push
const { values } = parseArgs({ options: { registry: { type: "string", default: "" }, tag: { type: "string" } } });
const workspace = resolve(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(resolve(workspace, "package.json"), "utf8")) as { version: string };
const revision = execFileSync("git", ["rev-parse", "HEAD"], { cwd: workspace, encoding: "utf8" }).trim();
const file = bakeFile(workspace, { registry: values.registry, version: values.tag ?? version, revision });
process.stdout.write(`${JSON.stringify(file, undefined, 2)}\n`);
