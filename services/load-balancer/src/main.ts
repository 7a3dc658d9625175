import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openServiceState } from "@fairlead/state/open-service-state";
import { loadBalancerConfig, loadBalancerLinks } from "./config.ts";
import { createLoadBalancer } from "./service.ts";

await runService({
  name: "load-balancer",
  links: loadBalancerLinks,
  async build(host) {
    const settings = readConfig(loadBalancerConfig);
    const { quotas } = await openServiceState(host);
    const bus = await connectServiceBus(host);
    return createLoadBalancer(settings, { tools: host.tools, bus, quotas });
  },
});
