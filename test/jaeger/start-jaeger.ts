import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@fairlead/local-mesh/free-port";
import { untilReady } from "@fairlead/local-mesh/until-ready";
import { startProgram } from "../support/start-program.ts";

/** A running Jaeger. */
export interface Jaeger {
  /** Where spans go, OTLP over HTTP. */
  readonly otlpUrl: string;
  /** Where traces are asked for. */
  readonly queryUrl: string;
  close(): Promise<void>;
}

const START_MS = 60_000;
const CONFIG = fileURLToPath(new URL("jaeger.yaml", import.meta.url));

/**
 * Starts the real Jaeger on free ports, with its spans in memory.
 *
 * @param program path of its binary
 * @throws Error with what it said where it does not start
 */
export async function startJaeger(program: string): Promise<Jaeger> {
  const [otlp = 0, query = 0, grpc = 0] = await freePorts(3);
  const environment = { JAEGER_OTLP_PORT: String(otlp), JAEGER_QUERY_HTTP_PORT: String(query), JAEGER_QUERY_GRPC_PORT: String(grpc) };
  const folder = await mkdtemp(join(tmpdir(), "fairlead-jaeger-"));
  const jaeger = startProgram(program, ["--config", CONFIG], join(folder, "log"), environment);
  const close = async () => {
    await jaeger.close();
    await rm(folder, { recursive: true, force: true });
  };
  const queryUrl = `http://127.0.0.1:${query}`;
  try {
    await Promise.race([untilReady(`${queryUrl}/api/services`, "Jaeger", START_MS), jaeger.failed]);
  } catch (error) {
    await close();
    throw error;
  }
  return { otlpUrl: `http://127.0.0.1:${otlp}`, queryUrl, close };
}
