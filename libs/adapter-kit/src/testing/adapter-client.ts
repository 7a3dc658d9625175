import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { Registry } from "prom-client";
import type { DeploymentConfig } from "../deployment-config.ts";
import type { Adapter, AdapterDependencies } from "../create-adapter-service.ts";

/** What an adapter under test works with: no bus, no log, metrics of its own. */
export function testDependencies(): AdapterDependencies {
  return { tools: createTools("adapter", createLogger("silent"), new Registry()), instance: "test" };
}

/** Configuration of an adapter that is pointed at a server of the test. */
export function testConfig(baseUrl: string) {
  return {
    apiKey: "test-key",
    apiKeyFile: "",
    baseUrl,
    simulated: true,
    propagateTrace: false,
    connections: 16,
    connectTimeoutMs: 1_000,
    modelsFile: "",
    mediaHosts: [] as string[],
    deployments: [] as DeploymentConfig[],
  };
}

/** A client of an adapter in this process. */
export function adapterClient(adapter: Adapter) {
  const handlers = adapter.implementations[0]?.handlers as unknown as Handlers<typeof AdapterService>;
  return localClient(AdapterService, handlers);
}
