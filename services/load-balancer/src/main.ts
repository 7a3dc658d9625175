import { connectNatsBus } from "@fairlead/bus/nats-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { loadBalancerConfig } from "./config.ts";
import { createLoadBalancer } from "./service.ts";

await runService({
  name: "load-balancer",
  async build({ config, tools, instance }) {
    const settings = readConfig(loadBalancerConfig);
    const bus = await connectNatsBus({
      servers: config.natsUrl.split(","),
      name: instance,
      tracer: tools.tracer,
      onProblem: (problem, error) => tools.logger.warn({ err: error }, problem),
    });
    const service = createLoadBalancer(settings, { tools, bus });
    return { ...service, close: () => service.close().finally(() => bus.close()) };
  },
});
