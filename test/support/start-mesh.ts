import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalMesh, startLocalMesh } from "@fairlead/local-mesh/local-mesh";
import type { Shape } from "./shape.ts";

/** A mesh of processes, with real NATS and Redis. */
export interface MeshShape extends Shape {
  readonly mesh: LocalMesh;
  /** Folder of the processes' logs. */
  readonly logDir: string;
}

/** Starts a mesh of processes on free ports. */
export async function startMesh(environment: Readonly<Record<string, string>> = {}, replicas: Readonly<Record<string, number>> = {}): Promise<MeshShape> {
  const dataDir = await mkdtemp(join(tmpdir(), "fairlead-mesh-"));
  const mesh = await startLocalMesh({
    environment: { PATH: process.env["PATH"], FAIRLEAD_SIMULATOR_SPEED: "0", FAIRLEAD_LOG_LEVEL: "info", ...environment },
    dataDir,
    httpPort: 0,
    grpcPort: 0,
    replicas,
  });
  return {
    mesh,
    logDir: join(dataDir, "logs"),
    httpUrl: mesh.httpUrl,
    grpcAddress: mesh.grpcAddress,
    simulatorUrl: mesh.simulatorUrl ?? "",
    async close() {
      await mesh.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
