import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openServiceState } from "@fairlead/state/open-service-state";
import { fallbackManagerConfig, fallbackManagerLinks } from "./config.ts";
import { createFallbackManager } from "./service.ts";

await runService({
  name: "fallback-manager",
  links: fallbackManagerLinks,
  async build(host) {
    const settings = readConfig(fallbackManagerConfig);
    const { circuits } = await openServiceState(host);
    const bus = await connectServiceBus(host);
    const balancing = host.connect(BalancingService, "loadBalancer");
    const openAdapter = (_provider: string, target: string) => host.connectAdapter(target, { channels: 2 });
    return createFallbackManager(settings, { tools: host.tools, bus, circuits, openAdapter, balancing, instance: host.instance });
  },
});
