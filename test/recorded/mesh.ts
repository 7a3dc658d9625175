import { randomUUID } from "node:crypto";
import type { Client } from "@fairlead/rpc/call";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { Adapter, AdapterDependencies } from "@fairlead/adapter-kit/create-adapter-service";
import { testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { createLocalBus } from "@fairlead/bus/local-bus";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { Closers } from "@fairlead/runtime/closers";
import { clientOf, composeServices } from "@fairlead/embedded/compose-services";
import { createGateway } from "@fairlead/gateway";
import { gatewayConfig } from "@fairlead/gateway/config";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createTools } from "@fairlead/runtime/service-tools";
import { openEmbeddedState } from "@fairlead/state/open-embedded-state";

/** A whole mesh with one provider, in this process. */
export interface Mesh {
  /** Id of the provider. */
  readonly provider: string;
  readonly httpUrl: string;
  readonly adapter: Client<typeof AdapterService>;
  /** Id of the model that a name is an alias of; the name itself where it is none. */
  modelOf(name: string): string;
  close(): Promise<void>;
}

/** One call for a request, whatever comes of it: no retry, no other target, no circuit, no second call. */
const ENVIRONMENT = {
  FAIRLEAD_HTTP_PORT: "0",
  FAIRLEAD_MAX_ATTEMPTS: "1",
  FAIRLEAD_RETRIES_PER_TARGET: "0",
  FAIRLEAD_HEDGE_AFTER_MS: "0",
  FAIRLEAD_CIRCUIT_FAILURES: "1000",
  FAIRLEAD_CIRCUIT_FAILURE_RATE: "0",
} as const;

const READY_MS = 10_000;

/**
 * Composes a mesh around an adapter.
 *
 * @param open makes the adapter with what the mesh hands it
 */
export async function startMesh(open: (dependencies: AdapterDependencies) => Adapter): Promise<Mesh> {
  const closers = new Closers();
  const logger = createLogger("silent");
  const { metrics } = testDependencies().tools;
  const toolsOf = (service: string) => createTools(service, logger, metrics);
  const state = closers.keep(openEmbeddedState({ file: ":memory:" }));
  const bus = closers.keep(
    createLocalBus({ tracer: toolsOf("bus").tracer, onProblem: () => undefined, onDeadLetter: () => undefined }),
  );
  const instance = `recorded-${randomUUID().slice(0, 8)}`;
  const adapter = closers.keep(open({ tools: toolsOf("adapter"), bus, instance }));
  const adapters = new Map([[adapter.description.provider, adapter]]);
  const services = await composeServices({ environment: ENVIRONMENT, toolsOf, bus, state, instance, closers }, adapters);
  adapter.listening?.(`in-process:${adapter.description.provider}`);
  await until(() => services.ready());
  const clients = {
    ...services,
    router: clientOf(services.router, RouterService, true),
    cost: clientOf(services.optimizer, CostService, true),
  };
  const gateway = closers.keep(
    await createGateway(readConfig(gatewayConfig, ENVIRONMENT), {
      tools: toolsOf("gateway"),
      services: clients,
      ready: () => services.ready(),
      drainMs: 0,
    }),
  );
  return {
    provider: adapter.description.provider,
    httpUrl: `http://127.0.0.1:${gateway.httpPort}`,
    adapter: clientOf(adapter, AdapterService),
    modelOf: (name) => modelOf(adapter, name),
    close: () => closers.close(),
  };
}

function modelOf({ description }: Adapter, name: string): string {
  return description.models.find(({ aliases }) => aliases.includes(name))?.model ?? name;
}

async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error("the parts of the mesh did not find each other");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
