import { ConfigError } from "@fairlead/runtime/config";
import type { ServiceTools } from "@fairlead/runtime/service";
import { type DeploymentKeys, openDeploymentKeys } from "./deployment-keys.ts";
import { fileKeys } from "./file-keys.ts";
import { fixedKeys, type KeySource } from "./key-source.ts";
import { parseKeys } from "./parse-keys.ts";
import { type KeyedRequest, newPlaceholder, placeholderIn, withKey } from "./placeholder.ts";

/** Where the keys of an adapter come from. */
export interface KeySettings {
  readonly provider: string;
  readonly simulated: boolean;
  /** One key or several, as a variable holds them. Empty: none. */
  readonly apiKey: string;
  /** File or folder that is used in its place. Empty: none. */
  readonly apiKeyFile: string;
  readonly deployments: readonly DeploymentKeyConfig[];
}

/** Where the keys of a deployment come from. Without any of these they are the adapter's. */
export interface DeploymentKeyConfig {
  readonly name: string;
  readonly apiKeyEnv?: string | undefined;
  /** What the variable holds. */
  readonly apiKey?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

/** What of the keys a deployment's client is made with. */
export interface DeploymentKey {
  /** Stands for the keys in requests. Empty: the deployment has none. */
  readonly placeholder: string;
  /** True where the deployment's own keys are missing, which only adapters that call a simulator go on with. */
  readonly missing: boolean;
}

/** The keys of an adapter's deployments. */
export interface ProviderKeys {
  /** @param deployment empty, or one without keys of its own: the adapter's */
  of(deployment: string): DeploymentKey;
  /** The keys whose placeholder a request holds. Undefined: it holds none. */
  usedBy(request: KeyedRequest): UsedKeys | undefined;
  close(): Promise<void>;
}

/** The keys that a request is to be sent with. */
export interface UsedKeys {
  readonly keys: DeploymentKeys;
  /** The request with a key of them. */
  fill<R extends KeyedRequest>(request: R, key: string): R;
}

/**
 * Opens the keys of an adapter and of those of its deployments that have their own.
 *
 * @throws ConfigError where keys are named that cannot be read from the start
 */
export function openKeys(settings: KeySettings, tools: Pick<ServiceTools, "logger" | "metrics" | "now">): ProviderKeys {
  const { provider, simulated } = settings;
  const byPlaceholder = new Map<string, UsedKeys>();
  const byDeployment = new Map<string, DeploymentKey>();
  const open = (deployment: string, source: KeySource, missing: boolean) => {
    const placeholder = newPlaceholder();
    const keys = openDeploymentKeys({ provider, deployment }, source, tools);
    byPlaceholder.set(placeholder, { keys, fill: (request, key) => withKey(request, placeholder, key) });
    byDeployment.set(deployment, { placeholder, missing });
  };
  const close = async () => void (await Promise.all([...byPlaceholder.values()].map(({ keys }) => keys.close())));
  try {
    const own = adapterSource(settings);
    if (own !== undefined) open("", own, false);
    for (const deployment of settings.deployments) {
      const { name, apiKeyEnv } = deployment;
      const source = deploymentSource(deployment, simulated);
      if (source !== undefined) open(name, source, false);
      else if (apiKeyEnv === undefined && deployment.apiKeyFile === undefined) continue;
      // A demonstration without keys runs with the same configuration, and never calls what only the key would open.
      else if (simulated) open(name, fixedKeys("simulated", [`${settings.apiKey}-${name}`]), true);
      else throw new ConfigError(`Configuration: deployment ${name} of ${provider} has no key; set ${apiKeyEnv}, which its apiKeyEnv names`);
    }
  } catch (error) {
    void close();
    throw error;
  }
  return {
    of: (deployment) => byDeployment.get(deployment) ?? byDeployment.get("") ?? { placeholder: "", missing: false },
    usedBy(request) {
      const placeholder = placeholderIn(request);
      return placeholder === undefined ? undefined : byPlaceholder.get(placeholder);
    },
    close,
  };
}

function adapterSource({ provider, simulated, apiKey, apiKeyFile }: KeySettings): KeySource | undefined {
  if (apiKeyFile !== "" && !simulated) return filled(fileKeys(apiKeyFile), `the adapter of ${provider}`);
  const text = apiKey === "" && apiKeyFile !== "" ? "simulated" : apiKey;
  return text === "" ? undefined : fixedKeys("apiKey", keysOf(text));
}

function deploymentSource({ name, apiKey, apiKeyEnv, apiKeyFile }: DeploymentKeyConfig, simulated: boolean): KeySource | undefined {
  if (apiKeyFile !== undefined) return simulated ? undefined : filled(fileKeys(apiKeyFile), `deployment ${name}`);
  return apiKey === undefined ? undefined : fixedKeys(apiKeyEnv ?? name, keysOf(apiKey));
}

function filled(source: KeySource, owner: string): KeySource {
  if (source.current?.length !== 0) return source;
  void source.close();
  throw new ConfigError(`Configuration: ${source.name}: ${owner} has no key there`);
}

function keysOf(text: string): readonly string[] {
  const parsed = parseKeys(text);
  if ("problem" in parsed) throw new ConfigError(`Configuration: apiKey: ${parsed.problem}`);
  return parsed.keys;
}
