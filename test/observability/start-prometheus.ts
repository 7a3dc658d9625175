import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServer } from "@fairlead/local-mesh/find-server";
import { freePorts } from "@fairlead/local-mesh/free-port";
import type { MeshPart } from "@fairlead/local-mesh/local-mesh";
import { untilReady } from "@fairlead/local-mesh/until-ready";
import { stringify } from "yaml";
import { startProgram } from "../support/start-program.ts";
import { ALERTS } from "./rules.ts";

/** A Prometheus that scrapes a mesh and holds the alerts against it. */
export interface RunningPrometheus {
  /** The data of an answer of its API; throws what it says where a query is refused. */
  ask(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts a real one. It labels the parts as the ServiceMonitor of the chart does. */
export async function startPrometheus(parts: readonly MeshPart[]): Promise<RunningPrometheus> {
  const program = findServer("prometheus", "prometheus", () => undefined);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-prometheus-"));
  const [port = 0] = await freePorts(1);
  await writeFile(join(folder, "prometheus.yml"), stringify(configurationOf(parts)));
  const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const server = startProgram(program, flags, join(folder, "log"));
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string, parameters: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = (await response.json()) as { status: string; data: unknown; error?: string };
    if (status !== "success") throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`);
    return data;
  };
  const close = async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([untilReady(`${url}/-/ready`, "Prometheus", 60_000), server.failed]);
  } catch (error) {
    await close();
    throw error;
  }
  return { ask, close };
}

function configurationOf(parts: readonly MeshPart[]) {
  const targets = parts.map(({ name, adminUrl }) => ({
    targets: [new URL(adminUrl).host],
    labels: { component: name.replace(/-\d+$/, ""), pod: `${name}-0`, namespace: "test" },
  }));
  return {
    global: { scrape_interval: "2s", evaluation_interval: "2s" },
    rule_files: [ALERTS],
    scrape_configs: [{ job_name: "fairlead", static_configs: targets }],
  };
}
