import type { ServiceTools } from "@fairlead/runtime/service";
import { type KeySettings, openKeys, type ProviderKeys } from "./keys/open-keys.ts";
import { createLeanFetch } from "./lean-fetch.ts";
import { createProviderPool, type ProviderPoolSettings } from "./provider-pool.ts";

/** How a provider is called: what of an adapter's configuration concerns it. */
export interface ConnectionSettings extends Omit<KeySettings, "provider">, ProviderPoolSettings {
  readonly propagateTrace: boolean;
}

/** The way to a provider. */
export interface ProviderConnection {
  /** For the SDK of the provider. */
  readonly fetch: typeof fetch;
  readonly keys: ProviderKeys;
  close(): Promise<void>;
}

/**
 * Opens the way to a provider: its keys, connections, and a fetch that puts the ones on the others.
 *
 * @throws ConfigError where keys are named that cannot be read
 */
export function openConnection(settings: ConnectionSettings, provider: string, tools: ServiceTools): ProviderConnection {
  const keys = openKeys({ ...settings, provider }, tools);
  const pool = createProviderPool(settings);
  const { propagateTrace } = settings;
  return {
    fetch: createLeanFetch({ dispatcher: pool, keys, tracer: tools.tracer, propagateTrace }),
    keys,
    async close() {
      await keys.close();
      await pool.destroy();
    },
  };
}
