import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openRedisState } from "@fairlead/state/open-redis-state";
import { loadBalancerConfig } from "./config.ts";
import { createLoadBalancer } from "./service.ts";

await runService({
  name: "load-balancer",
  async build({ config, tools, instance }) {
    const settings = readConfig(loadBalancerConfig);
    const bus = await connectServiceBus({ config, tools, instance });
    const { quotas, close } = await openRedisState({ url: config.redisUrl });
    const service = createLoadBalancer(settings, { tools, bus, quotas });
    return { ...service, close: () => service.close().finally(() => bus.close()).finally(close) };
  },
});
