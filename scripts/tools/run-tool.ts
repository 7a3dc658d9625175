import { execFile } from "node:child_process";

/** How a program ended and what it said. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** A program whose status was not 0. The message is all that it said. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs a program to its end, whatever its status.
 *
 * @param input what it reads from standard input
 */
export function endOf(program: string, flags: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, flags, { encoding: "utf8", maxBuffer: MAX_OUTPUT_BYTES }, (error, output, errors) => {
      // A text as code, such as ENOENT, means that it never ran; none, that a signal ended it.
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: error === null ? 0 : Number(error.code), output, errors });
    });
    // A program that refuses its flags ends before it has read.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/**
 * What a program writes to standard output.
 *
 * @throws ToolFailure when its status is not 0
 */
export async function outputOf(program: string, flags: readonly string[], input = ""): Promise<string> {
  const { status, output, errors } = await endOf(program, flags, input);
  if (status !== 0) throw new ToolFailure(`${output}${errors}status ${status}`);
  return output;
}
