import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import { slaMonitorConfig } from "./config.ts";
import { createSlaMonitor } from "./service.ts";

await runService({
  name: "sla-monitor",
  async build({ config, tools, instance }) {
    const settings = readConfig(slaMonitorConfig);
    const bus = await connectServiceBus({ config, tools, instance });
    const service = createSlaMonitor(settings, { tools, bus });
    return { ...service, close: () => service.close().finally(() => bus.close()) };
  },
});
