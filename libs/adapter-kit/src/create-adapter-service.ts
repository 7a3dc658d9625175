import type { Bus } from "@fairlead/bus/bus";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
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
  /** What the provider offers now; its address is set once the adapter listens. */
  readonly description: ProviderDescription;
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
  const { offer } = provider;
  let announcement: Announcement | undefined;
  offer.onChange(() => announcement?.tell());
  return {
    get description() {
      return offer.description;
    },
    implementations: [implement(AdapterService, serveProvider(provider, tools))],
    ready: () => true,
    listening(address) {
      offer.reachedAt(address);
      if (bus !== undefined) announcement ??= announceAdapter(offer, { bus, now: tools.now, newId: tools.newId });
    },
    leaving: () => void announcement?.close(),
    async close() {
      await offer.close();
      await announcement?.close();
      await closeProvider();
    },
  };
}
