import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openServiceState } from "@fairlead/state/open-service-state";
import { costOptimizerConfig, costOptimizerLinks, retentionOf } from "./config.ts";
import { createCostOptimizer } from "./service.ts";

await runService({
  name: "cost-optimizer",
  links: costOptimizerLinks,
  async build(host) {
    const settings = readConfig(costOptimizerConfig);
    const state = await openServiceState(host, retentionOf(settings));
    const bus = await connectServiceBus(host);
    return createCostOptimizer(settings, { ...state, tools: host.tools, bus });
  },
});
