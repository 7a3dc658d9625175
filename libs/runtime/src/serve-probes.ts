import { serveHealth } from "@fairlead/rpc/health-server";
import type { Registry } from "prom-client";
import { serveAdmin } from "./admin-server.ts";
import type { ProcessConfig } from "./process-config.ts";

/** What tells of a process from its start to its end. */
export interface Probes {
  readonly healthPort: number;
  readonly adminPort: number;
  /** Says whether the process can do its work. */
  setServing(serving: boolean): void;
  close(): Promise<void>;
}

/** Serves health by gRPC, and metrics and health by HTTP, both without TLS. */
export async function serveProbes(config: ProcessConfig, metrics: Registry, ready: () => boolean): Promise<Probes> {
  const health = await serveHealth({ host: config.healthHost, port: config.healthPort });
  const admin = await serveAdmin({ host: config.adminHost, port: config.adminPort, metrics, ready });
  return {
    healthPort: health.port,
    adminPort: admin.port,
    setServing: health.setServing,
    async close() {
      health.close();
      await admin.close();
    },
  };
}
