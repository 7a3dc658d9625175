import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { readConfig } from "@fairlead/runtime/config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { runService } from "@fairlead/runtime/run-service";
import { openRedisState } from "@fairlead/state/open-redis-state";
import { slaMonitorConfig } from "./config.ts";
import { createSlaMonitor } from "./service.ts";
import { readWebhookSecrets } from "./webhook-config.ts";

await runService({
  name: "sla-monitor",
  async build({ config, tools, instance, observe }) {
    const settings = readConfig(slaMonitorConfig);
    const secrets = readWebhookSecrets(settings.webhooks);
    const bus = await connectServiceBus({ config, tools, instance });
    const { records, close } = await openRedisState({ url: config.redisUrl });
    const link = { tracer: tools.tracer, observe };
    const cost = connectGrpc(CostService, { ...link, target: readConfig(peersConfig).costOptimizer });
    const openAdapter = (_provider: string, target: string) => connectGrpc(AdapterService, { ...link, target });
    const service = createSlaMonitor(settings, { tools, bus, records, openAdapter, cost: () => cost.client, secrets, instance });
    return { ...service, close: () => service.close().finally(() => cost.close()).finally(() => bus.close()).finally(() => close()) };
  },
});
