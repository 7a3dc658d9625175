import { readFileSync } from "node:fs";
import { type Arg, type Dockerfile, DockerfileParser, type Env, type Instruction } from "dockerfile-ast";

/** The file that images are made by. */
export function readDockerfile(): Dockerfile {
  return DockerfileParser.parse(readFileSync(new URL("../../deploy/docker/Dockerfile", import.meta.url), "utf8"));
}

/** Instructions of a stage and of those it is made from, the first stage first. */
export function instructionsOf(file: Dockerfile, stage: string): Instruction[] {
  const froms = file.getFROMs();
  const index = froms.findIndex((from) => from.getBuildStage() === stage);
  const from = froms[index];
  if (from === undefined) return [];
  const start = from.getRange().start.line;
  const end = froms[index + 1]?.getRange().start.line ?? Number.POSITIVE_INFINITY;
  const own = file.getInstructions().filter((one) => one.getRange().start.line > start && one.getRange().start.line < end);
  return [...instructionsOf(file, from.getImage() ?? ""), ...own];
}

/** What a stage's last instruction of a kind says; empty where there is none. */
export function lastOf(file: Dockerfile, stage: string, keyword: string): string {
  return instructionsOf(file, stage).findLast((one) => one.getKeyword() === keyword)?.getArgumentsContent() ?? "";
}

/** The words of a stage's last instruction of a kind, where they are a list. */
export function wordsOf(file: Dockerfile, stage: string, keyword: string): string[] {
  const text = lastOf(file, stage, keyword);
  return JSON.parse(text.slice(text.indexOf("["))) as string[];
}

/** Commands that a stage runs, without their mounts. */
export function runsOf(file: Dockerfile, stage: string): string[] {
  return instructionsOf(file, stage)
    .filter((one) => one.getKeyword() === "RUN")
    .map((one) => (one.getRawArgumentsContent() ?? "").replace(/^(--mount=\S+[\s\\]+)*/, ""));
}

/** Variables that a stage's images set. */
export function variablesOf(file: Dockerfile, stage: string): Record<string, string> {
  const settings = instructionsOf(file, stage).filter((one) => one.getKeyword() === "ENV") as Env[];
  return Object.fromEntries(settings.flatMap((one) => one.getProperties()).map((property) => [property.getName(), property.getValue() ?? ""]));
}

/** The default of a build argument. */
export function argumentOf(file: Dockerfile, name: string): string {
  const found = (file.getInstructions().filter((one) => one.getKeyword() === "ARG") as Arg[]).map((one) => one.getProperty());
  return found.find((property) => property?.getName() === name && property.getValue() !== null)?.getValue() ?? "";
}
