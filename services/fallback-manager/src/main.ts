import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { readConfig } from "@fairlead/runtime/config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { runService } from "@fairlead/runtime/run-service";
import { openRedisState } from "@fairlead/state/open-redis-state";
import { fallbackManagerConfig } from "./config.ts";
import { createFallbackManager } from "./service.ts";

await runService({
  name: "fallback-manager",
  async build({ config, tools, instance, observe }) {
    const settings = readConfig(fallbackManagerConfig);
    const bus = await connectServiceBus({ config, tools, instance });
    const state = await openRedisState({ url: config.redisUrl });
    const openAdapter = (_provider: string, target: string) => connectGrpc(AdapterService, { target, channels: 2, tracer: tools.tracer, observe });
    const balancing = connectGrpc(BalancingService, { target: readConfig(peersConfig).loadBalancer, tracer: tools.tracer, observe });
    const dependencies = { tools, bus, circuits: state.circuits, openAdapter, balancing: balancing.client, instance };
    const service = await createFallbackManager(settings, dependencies);
    return {
      ...service,
      async close() {
        await service.close();
        balancing.close();
        await bus.close();
        await state.close();
      },
    };
  },
});
