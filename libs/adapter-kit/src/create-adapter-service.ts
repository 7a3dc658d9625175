import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { type ModelDescription, type ProviderDescription, ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { type Announcement, announceAdapter } from "./announce.ts";
import { type Provider, serveProvider } from "./serve-provider.ts";

/** What an adapter works with. */
export interface AdapterDependencies {
  readonly tools: ServiceTools;
  /** Where it announces itself. Unset: nowhere, who composes it knows it. */
  readonly bus?: Pick<Bus, "publish" | "subscribe">;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** A running adapter. */
export interface Adapter extends Service {
  /** What the provider offers; its address is set once the adapter listens. */
  readonly description: ProviderDescription;
}

/** What an adapter says of its provider beside the models. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly telemetryName: string;
  readonly simulated: boolean;
  readonly local?: boolean;
  readonly dialects: readonly string[];
}

/** Writes the description of a provider. */
export function describeProvider(identity: ProviderIdentity, models: readonly ModelDescription[], instance: string): ProviderDescription {
  return create(ProviderDescriptionSchema, {
    provider: identity.provider,
    telemetryName: identity.telemetryName,
    simulated: identity.simulated,
    local: identity.local ?? false,
    dialects: [...identity.dialects],
    models: [...models],
    instance,
  });
}

/**
 * Makes a service of a provider. It announces itself once it listens, and is served until closed.
 *
 * @param closeProvider lets go of the provider's connections
 */
export function createAdapterService(
  provider: Provider,
  dependencies: AdapterDependencies,
  closeProvider: () => Promise<void>,
): Adapter {
  const { tools, bus } = dependencies;
  const { description } = provider;
  let announcement: Announcement | undefined;
  return {
    description,
    implementations: [implement(AdapterService, serveProvider(provider, tools))],
    ready: () => true,
    listening(address) {
      description.address = address;
      if (bus !== undefined) announcement ??= announceAdapter(description, { bus, now: tools.now, newId: tools.newId });
    },
    async close() {
      await announcement?.close();
      await closeProvider();
    },
  };
}
