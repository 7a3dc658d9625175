import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { readConfig } from "@fairlead/runtime/config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { runService } from "@fairlead/runtime/run-service";
import { openRedisState } from "@fairlead/state/open-redis-state";
import { routerConfig } from "./config.ts";
import { createRouter } from "./service.ts";

await runService({
  name: "router",
  async build({ config, tools, instance, observe }) {
    const settings = readConfig(routerConfig);
    const peers = readConfig(peersConfig);
    const bus = await connectServiceBus({ config, tools, instance });
    const state = await openRedisState({ url: config.redisUrl });
    const link = { tracer: tools.tracer, observe };
    const execution = connectGrpc(ExecutionService, { ...link, target: peers.fallbackManager, channels: 2, waitForReady: true });
    const balancing = connectGrpc(BalancingService, { ...link, target: peers.loadBalancer });
    const cost = connectGrpc(CostService, { ...link, target: peers.costOptimizer });
    const sla = connectGrpc(SlaService, { ...link, target: peers.slaMonitor });
    const clients = { execution: execution.client, balancing: balancing.client, cost: cost.client, sla: sla.client };
    const service = createRouter(settings, { tools, bus, cache: state.cache, records: state.records, ...clients, instance });
    return {
      ...service,
      async close() {
        await service.close();
        for (const connection of [execution, balancing, cost, sla]) connection.close();
        await bus.close();
        await state.close();
      },
    };
  },
});
