import { defineConfig } from "./config.ts";
import { z } from "zod";

const target = z.string().min(1);

/** Where the services are: gRPC targets. */
export const peersConfig = defineConfig({
  section: "peers",
  schema: z.strictObject({
    fallbackManager: target.default("127.0.0.1:50052"),
    loadBalancer: target.default("127.0.0.1:50053"),
    costOptimizer: target.default("127.0.0.1:50054"),
    slaMonitor: target.default("127.0.0.1:50055"),
    router: target.default("127.0.0.1:50051"),
  }),
  environment: {
    FAIRLEAD_FALLBACK_MANAGER: "fallbackManager",
    FAIRLEAD_LOAD_BALANCER: "loadBalancer",
    FAIRLEAD_COST_OPTIMIZER: "costOptimizer",
    FAIRLEAD_SLA_MONITOR: "slaMonitor",
    FAIRLEAD_ROUTER: "router",
  },
});
