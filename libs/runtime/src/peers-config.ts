import { z } from "zod";
import { type ConfigDefinition, defineConfig } from "./config.ts";
import type { Peer } from "./links.ts";

const target = z.string().min(1);

const schema = z.strictObject({
  fallbackManager: target.default("127.0.0.1:50052"),
  loadBalancer: target.default("127.0.0.1:50053"),
  costOptimizer: target.default("127.0.0.1:50054"),
  slaMonitor: target.default("127.0.0.1:50055"),
  router: target.default("127.0.0.1:50051"),
});

const VARIABLES: Readonly<Record<Peer, string>> = {
  fallbackManager: "FAIRLEAD_FALLBACK_MANAGER",
  loadBalancer: "FAIRLEAD_LOAD_BALANCER",
  costOptimizer: "FAIRLEAD_COST_OPTIMIZER",
  slaMonitor: "FAIRLEAD_SLA_MONITOR",
  router: "FAIRLEAD_ROUTER",
};

/** Where some services are: gRPC targets. The variables of others are not looked at. */
export function peersConfig(peers: readonly Peer[]): ConfigDefinition<typeof schema> {
  return defineConfig({ section: "peers", schema, environment: Object.fromEntries(peers.map((peer) => [VARIABLES[peer], peer])) });
}
