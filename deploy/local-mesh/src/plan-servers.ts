import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ProcessPlan } from "./supervisor.ts";

/** NATS with JetStream, for this machine only. */
export function natsProcess(command: string, port: number, dataDir: string): ProcessPlan {
  const store = join(dataDir, "nats");
  mkdirSync(store, { recursive: true });
  const args = ["--addr", "127.0.0.1", "--port", String(port), "--jetstream", "--store_dir", store];
  return { name: "nats", command, args, environment: process.env };
}

/** Redis that keeps every write, for this machine only. The ledger is in it, so nothing may be evicted. */
export function redisProcess(command: string, port: number, dataDir: string): ProcessPlan {
  const store = join(dataDir, "redis");
  mkdirSync(store, { recursive: true });
  const kept = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"];
  return { name: "redis", command, args: ["--bind", "127.0.0.1", "--port", String(port), "--dir", store, ...kept], environment: process.env };
}
