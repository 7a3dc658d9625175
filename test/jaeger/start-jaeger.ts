import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePorts } from "@fairlead/local-mesh/free-port";
import { untilReady } from "@fairlead/local-mesh/until-ready";

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
  const child = spawn(program, ["--config", CONFIG], { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => Promise.reject(new Error(`Jaeger ended with status ${String(code)}:\n${said.join("")}`)));
  const queryUrl = `http://127.0.0.1:${query}`;
  await Promise.race([untilReady(`${queryUrl}/api/services`, "Jaeger", START_MS), failed]);
  failed.catch(() => undefined);
  return {
    otlpUrl: `http://127.0.0.1:${otlp}`,
    queryUrl,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
