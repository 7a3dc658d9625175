import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openRedisState } from "@fairlead/state/open-redis-state";
import { costOptimizerConfig, retentionOf } from "./config.ts";
import { createCostOptimizer } from "./service.ts";

await runService({
  name: "cost-optimizer",
  async build({ config, tools, instance }) {
    const settings = readConfig(costOptimizerConfig);
    const bus = await connectServiceBus({ config, tools, instance });
    const { close, ...state } = await openRedisState({ url: config.redisUrl, ...retentionOf(settings) });
    const service = createCostOptimizer(settings, { tools, bus, ...state });
    return {
      ...service,
      close: () =>
        service
          .close()
          .finally(() => bus.close())
          .finally(close),
    };
  },
});
