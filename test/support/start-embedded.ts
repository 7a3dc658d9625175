import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shape } from "./shape.ts";

/** An embedded mesh in a process of its own, as `start` runs it. */
export interface EmbeddedProcess extends Shape {
  readonly dataDir: string;
  readonly output: string;
  /** Ends the process at once, as a crash does, and keeps its state. */
  kill(): Promise<void>;
}

/** Runs the program behind the `start` script and waits until it says where it listens. */
export async function startEmbedded(environment: Readonly<Record<string, string>> = {}, keptDir?: string): Promise<EmbeddedProcess> {
  const dataDir = keptDir ?? (await mkdtemp(join(tmpdir(), "fairlead-test-")));
  const child = spawn(process.execPath, ["services/embedded/src/main.ts"], {
    env: {
      PATH: process.env["PATH"],
      FAIRLEAD_HTTP_PORT: "0",
      FAIRLEAD_GRPC_PORT: "0",
      FAIRLEAD_DATA_DIR: dataDir,
      FAIRLEAD_SIMULATOR_SPEED: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Try it:") && output.includes("curl")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`ended with status ${code}: ${errors}`)));
  });
  const found = (pattern: RegExp) => pattern.exec(output)?.[1] ?? "";
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    httpUrl: found(/HTTP\s+(http:\S+)/),
    grpcAddress: found(/gRPC\s+(\S+)/),
    simulatorUrl: found(/simulator\s+(http:\S+)\/control/),
    dataDir,
    output,
    kill: () => end("SIGKILL"),
    async close() {
      await end("SIGTERM");
      if (keptDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
