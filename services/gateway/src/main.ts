import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { readConfig } from "@fairlead/runtime/config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { runService } from "@fairlead/runtime/run-service";
import { gatewayConfig } from "./config.ts";
import { followReadiness } from "./follow-readiness.ts";
import { createGateway } from "./service.ts";

await runService({
  name: "gateway",
  async build({ config, tools, observe }) {
    const settings = readConfig(gatewayConfig);
    const peers = readConfig(peersConfig);
    const link = { tracer: tools.tracer, observe };
    const router = connectGrpc(RouterService, { ...link, target: peers.router, channels: 2, waitForReady: true });
    const learning = connectGrpc(LearningService, { ...link, target: peers.router });
    const execution = connectGrpc(ExecutionService, { ...link, target: peers.fallbackManager });
    const balancing = connectGrpc(BalancingService, { ...link, target: peers.loadBalancer });
    const cost = connectGrpc(CostService, { ...link, target: peers.costOptimizer });
    const replay = connectGrpc(ReplayService, { ...link, target: peers.costOptimizer });
    const sla = connectGrpc(SlaService, { ...link, target: peers.slaMonitor });
    const connections = { router, learning, execution, balancing, cost, replay, sla };
    const services = {
      router: router.client,
      learning: learning.client,
      execution: execution.client,
      balancing: balancing.client,
      cost: cost.client,
      replay: replay.client,
      sla: sla.client,
    };
    const readiness = followReadiness(router.client);
    const gateway = await createGateway(settings, { tools, services, ready: readiness.ready, drainMs: config.drainMs });
    tools.logger.info({ httpPort: gateway.httpPort }, "http");
    return {
      ...gateway,
      async close() {
        readiness.close();
        await gateway.close();
        for (const connection of Object.values(connections)) connection.close();
      },
    };
  },
});
