import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { Client } from "@fairlead/rpc/call";
import type { Adapter } from "@fairlead/adapter-kit/create-adapter-service";
import { adapterClient, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { type FixtureServer, type Score, serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { findAdapters } from "@fairlead/embedded/find-adapters";
import { readConfig } from "@fairlead/runtime/config";
import { vendorEnvironment } from "./vendors.ts";

/** An adapter with a server of the test in its provider's place. */
export interface Vendor extends AsyncDisposable {
  readonly client: Client<typeof AdapterService>;
  readonly adapter: Adapter;
  readonly server: FixtureServer;
}

/** Opens the adapter of a provider, configured as an operator does it. */
export async function openVendor(provider: string, score?: Score): Promise<Vendor> {
  const server = await serveFixtures(score);
  const environment = vendorEnvironment(server.url);
  const found = (await findAdapters(environment)).find(({ program }) => program.provider === provider);
  if (found === undefined) throw new Error(`there is no adapter of ${provider}`);
  const adapter = found.program.create(readConfig(found.program.config, environment), testDependencies());
  return {
    client: adapterClient(adapter),
    adapter,
    server,
    async [Symbol.asyncDispose]() {
      await adapter.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
