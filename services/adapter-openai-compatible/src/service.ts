import { type AdapterProgram, defineAdapter, type Environment } from "@fairlead/adapter-kit/adapter-program";
import {
  type Adapter,
  type AdapterDependencies,
  createAdapterService,
} from "@fairlead/adapter-kit/create-adapter-service";
import { openDeployments } from "@fairlead/adapter-kit/deployment-clients";
import { asObject, asText } from "@fairlead/adapter-kit/json";
import { openConnection } from "@fairlead/adapter-kit/open-connection";
import { type ServerConfig, serverConfig } from "./config.ts";
import { findServers, hasAddress } from "./find-servers.ts";
import { openServerClient } from "./open-server-client.ts";
import { openServerOffer } from "./server-offer.ts";
import { serverProvider } from "./server-provider.ts";
import type { ServerEntry } from "./server-settings.ts";
import type { Server } from "./server.ts";

/** Makes the adapter of a server that is compatible with OpenAI. */
export function createAdapterOpenaiCompatible(
  server: Server,
  config: ServerConfig,
  dependencies: AdapterDependencies,
): Adapter {
  const { fetch, keys, close } = openConnection(config, server.provider, dependencies.tools);
  const offer = openServerOffer(server, config, dependencies);
  const clients = openDeployments(
    { ...config, keys },
    (endpoint) => openServerClient(server, config.apiVersion, endpoint, fetch),
    offer.modelOf,
  );
  const served = serverProvider(server, { offer, clients, modelNames: config.modelNames });
  return createAdapterService(served, dependencies, close);
}

/** The adapters of the servers whose address is known, as compositions see them. */
export function adapters(environment: Environment): readonly AdapterProgram[] {
  const servers = findServers(environment).filter((server) => hasAddress(server, environment));
  return servers.map((server) => programOf(server, environment));
}

/** The adapter of a server as compositions see it. */
export function programOf(server: Server, environment: Environment): AdapterProgram {
  const { provider, demonstrated } = server;
  return defineAdapter({
    provider,
    config: serverConfig(server, environment),
    demonstrated,
    enabledBy: enabledBy(server, environment),
    selectedBy: { FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: provider },
    create: (config, dependencies) => createAdapterOpenaiCompatible(server, config, dependencies),
  });
}

function enabledBy(server: Server, environment: Environment) {
  const { keyless, namedModels, baseUrl, entry } = server;
  if (namedModels && entry === undefined) return "modelNames";
  if (keyless) return baseUrl === undefined ? "baseUrl" : null;
  return entry !== undefined && hasKeys(entry, environment) ? null : "apiKey";
}

/** Whether what is configured for a server alone tells keys. */
function hasKeys({ apiKeyFile, deployments = [] }: ServerEntry, environment: Environment): boolean {
  if (apiKeyFile !== undefined) return true;
  return deployments.map(asObject).some((one) => {
    return asText(one["apiKeyFile"]) !== "" || (environment[asText(one["apiKeyEnv"])] ?? "") !== "";
  });
}
