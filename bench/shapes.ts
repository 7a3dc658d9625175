import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithUs, hasEnded, removeWithUs } from "./leave-nothing.ts";
import type { Door } from "./load-job.ts";
import type { NamedProcess } from "./process-usage.ts";
import { providersAt, type Simulator } from "./simulator.ts";
import { startProgram } from "./start-program.ts";

export const SHAPE_NAMES = ["direct", "proxy", "embedded-http", "embedded-grpc", "mesh-http", "mesh-grpc"] as const;
export type ShapeName = (typeof SHAPE_NAMES)[number];

/** Something between the load generator and the provider, running. */
export interface RunningShape {
  readonly door: Door;
  /** Milliseconds from its start to being ready. */
  readonly readyMs: number;
  /** Its processes as they are now. */
  processes(): readonly NamedProcess[];
  /** @throws Error where one of its processes has ended */
  check(): void;
  close(): Promise<void>;
}

const CHAT_PATH = "/v1/chat/completions";

/** Starts a shape before the simulator. */
export function startShape(name: ShapeName, simulator: Simulator): Promise<RunningShape> {
  const grpc = name.endsWith("-grpc");
  if (name === "direct") return startDirect(simulator);
  if (name === "proxy") return startProxy(simulator);
  return name.startsWith("embedded") ? startEmbedded(simulator, grpc) : startMesh(simulator, grpc);
}

async function startDirect({ chatUrl, readyMs }: Simulator): Promise<RunningShape> {
  const door: Door = { kind: "http", url: chatUrl };
  return { door, readyMs, processes: () => [], check: () => undefined, close: async () => undefined };
}

async function startProxy({ chatUrl }: Simulator): Promise<RunningShape> {
  const { origin, pathname } = new URL(chatUrl);
  const { pid, found, readyMs, check, close } = await startProgram({
    entry: "bench/pass-through-proxy.ts",
    environment: { BENCH_TARGET: origin },
    ready: /listens on (http:\S+)/,
  });
  const door: Door = { kind: "http", url: `${found[1]}${pathname}` };
  return { door, readyMs, processes: () => [{ name: "proxy", pid }], check, close };
}

async function startEmbedded({ url }: Simulator, grpc: boolean): Promise<RunningShape> {
  const dataDir = await newDataDir();
  const { pid, found, readyMs, check, close } = await startProgram({
    entry: "services/embedded/src/main.ts",
    environment: {
      ...providersAt(url),
      FAIRLEAD_HTTP_PORT: "0",
      FAIRLEAD_GRPC_PORT: "0",
      FAIRLEAD_DATA_DIR: dataDir,
    },
    ready: /HTTP\s+(http:\S+)[^]*?gRPC\s+(\S+)[^]*Try it:[^]*curl/,
  });
  return {
    door: doorOf(grpc, found[1] ?? "", found[2] ?? ""),
    readyMs,
    processes: () => [{ name: "embedded", pid }],
    check,
    async close() {
      await close();
      await removeDir(dataDir);
    },
  };
}

async function startMesh({ url }: Simulator, grpc: boolean): Promise<RunningShape> {
  // Loaded here only: the other shapes can be measured without it.
  const { startLocalMesh } = await import("@fairlead/local-mesh/local-mesh");
  const dataDir = await newDataDir();
  const pids = new Map<string, number>();
  const ended: string[] = [];
  const startedAt = performance.now();
  const mesh = await startLocalMesh({
    environment: { PATH: process.env["PATH"], ...providersAt(url) },
    dataDir,
    httpPort: 0,
    grpcPort: 0,
    tell(event) {
      if (event.kind === "started") {
        pids.set(event.name, event.pid);
        endWithUs(event.pid);
        return;
      }
      hasEnded(pids.get(event.name) ?? 0);
      ended.push(`${event.name} ended (${event.how})`);
    },
  });
  return {
    door: doorOf(grpc, mesh.httpUrl, mesh.grpcAddress),
    readyMs: performance.now() - startedAt,
    processes: () => [...pids].map(([name, pid]) => ({ name, pid })),
    check() {
      if (ended.length > 0) throw new Error(ended.join(", "));
    },
    async close() {
      await mesh.close();
      await removeDir(dataDir);
    },
  };
}

function doorOf(grpc: boolean, httpUrl: string, address: string): Door {
  return grpc ? { kind: "grpc", address } : { kind: "http", url: httpUrl + CHAT_PATH };
}

async function newDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  removeWithUs(folder);
  return folder;
}

function removeDir(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
