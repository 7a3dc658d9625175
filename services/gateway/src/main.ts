import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { gatewayConfig, gatewayLinks } from "./config.ts";
import { followReadiness } from "./follow-readiness.ts";
import { createGateway } from "./service.ts";

await runService({
  name: "gateway",
  links: gatewayLinks,
  async build({ config, tools, connect, closing }) {
    const settings = readConfig(gatewayConfig);
    const services = {
      router: connect(RouterService, "router", { channels: 2, waitForReady: true }),
      learning: connect(LearningService, "router"),
      execution: connect(ExecutionService, "fallbackManager"),
      balancing: connect(BalancingService, "loadBalancer"),
      cost: connect(CostService, "costOptimizer"),
      replay: connect(ReplayService, "costOptimizer"),
      sla: connect(SlaService, "slaMonitor"),
    };
    const readiness = followReadiness(services.router);
    closing(() => readiness.close());
    const gateway = await createGateway(settings, { tools, services, ready: readiness.ready, drainMs: config.drainMs });
    tools.logger.info({ httpPort: gateway.httpPort }, "http");
    return gateway;
  },
});
