import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { openServiceState } from "@fairlead/state/open-service-state";
import { slaMonitorConfig, slaMonitorLinks } from "./config.ts";
import { createSlaMonitor } from "./service.ts";
import { readWebhookSecrets } from "./webhook-config.ts";

await runService({
  name: "sla-monitor",
  links: slaMonitorLinks,
  async build(host) {
    const settings = readConfig(slaMonitorConfig);
    const secrets = readWebhookSecrets(settings.webhooks);
    const { records } = await openServiceState(host);
    const bus = await connectServiceBus(host);
    const cost = host.connect(CostService, "costOptimizer");
    const openAdapter = (_provider: string, target: string) => host.connectAdapter(target);
    return createSlaMonitor(settings, { tools: host.tools, bus, records, openAdapter, cost: () => cost, secrets, instance: host.instance });
  },
});
