import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openServiceState } from "@fairlead/state/open-service-state";
import { routerConfig, routerLinks } from "./config.ts";
import { createRouter } from "./service.ts";

await runService({
  name: "router",
  links: routerLinks,
  async build(host) {
    const settings = readConfig(routerConfig);
    const { cache, records } = await openServiceState(host);
    const bus = await connectServiceBus(host);
    const clients = {
      execution: host.connect(ExecutionService, "fallbackManager", { channels: 2, waitForReady: true }),
      balancing: host.connect(BalancingService, "loadBalancer"),
      cost: host.connect(CostService, "costOptimizer"),
      sla: host.connect(SlaService, "slaMonitor"),
    };
    return createRouter(settings, { tools: host.tools, bus, cache, records, ...clients, instance: host.instance });
  },
});
