import type { Environment } from "@fairlead/adapter-kit/adapter-program";
import { testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { readConfig } from "@fairlead/runtime/config";
import { serverConfig } from "../config.ts";
import { findServers } from "../find-servers.ts";
import { createAdapterOpenaiCompatible } from "../service.ts";

/** The adapter of a provider, configured by an environment alone. */
export function openProvider(provider: string, environment: Environment) {
  const server = findServers(environment).find((one) => one.provider === provider);
  if (server === undefined) throw new Error(`there is no provider ${provider}`);
  return createAdapterOpenaiCompatible(
    server,
    readConfig(serverConfig(server, environment), environment),
    testDependencies(),
  );
}
