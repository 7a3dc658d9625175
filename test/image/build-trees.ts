import { execFile } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Copy } from "dockerfile-ast";
import { copyBuildContext } from "./build-context.ts";
import { argumentOf, instructionsOf, readDockerfile, runsOf } from "./dockerfile.ts";

const AT_ONCE = 2;
/** Where the Dockerfile puts a tree. */
const TREE = "/app";

/** A build context in which a stage of the Dockerfile can be built. */
export interface PreparedBuild {
  /** The context's folder. */
  readonly workspace: string;
  /** Runs the stage's own commands with these build arguments. @param put where they find another path than the image's */
  shell(variables: Readonly<Record<string, string>>, put?: (command: string) => string): Promise<void>;
}

/** Does what comes before a stage: sends the build context, and runs the commands of the stage "build" in it, with the pinned pnpm. */
export async function prepareBuild(stage: string, folder: string): Promise<PreparedBuild> {
  const file = readDockerfile();
  const workspace = join(folder, "context");
  const tools = join(folder, "tools");
  copyBuildContext(workspace);
  await run("npm", ["install", "--no-fund", "--no-audit", "--prefix", tools, `pnpm@${argumentOf(file, "PNPM_VERSION")}`], folder);
  const path = [join(tools, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"] ?? ""].join(":");
  const shell = (command: string, variables = {}) => run("sh", ["-ec", command], workspace, { ...process.env, PATH: path, ...variables });
  const before = runsOf(file, "build");
  for (const command of before.filter((one) => !one.startsWith("apt-get"))) await shell(command);
  return {
    workspace,
    async shell(variables, put = (command) => command) {
      for (const command of runsOf(file, stage).slice(before.length)) await shell(put(command), variables);
    },
  };
}

/**
 * Makes production trees as an engine does, as folders named after their services: of the build context alone, by the
 * commands that the Dockerfile runs in it.
 */
export async function buildTrees(services: readonly string[], folder: string): Promise<void> {
  const { shell } = await prepareBuild("tree", folder);
  const waiting = [...services];
  const work = async () => {
    for (let service = waiting.shift(); service !== undefined; service = waiting.shift()) {
      const tree = join(folder, service);
      await shell({ SERVICE: service }, (command) => command.replaceAll(TREE, tree));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Copies what a stage takes from the build context below a root, and tells where each file is in an image. */
export function copyFiles(stage: string, folder: string): string[] {
  const copies = instructionsOf(readDockerfile(), stage).filter((one) => one.getKeyword() === "COPY") as Copy[];
  return copies.filter((one) => one.getFromFlag() === null).map((one) => {
    const [from = "", to = ""] = one.getArguments().map((argument) => argument.getValue());
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(folder, "context", from), join(folder, to));
    return join(folder, to);
  });
}

async function run(command: string, words: readonly string[], cwd: string, env = process.env): Promise<void> {
  await promisify(execFile)(command, [...words], { cwd, env, maxBuffer: 2 ** 26 });
}
