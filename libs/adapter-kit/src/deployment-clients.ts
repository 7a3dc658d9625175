import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, invalidField } from "@fairlead/rpc/fairlead-error";
import type { DeploymentConfig } from "./deployment-config.ts";
import type { ProviderKeys } from "./keys/open-keys.ts";

/** Where calls go and what lets them in. */
export interface Endpoint {
  /** Stands for one of the keys, which the fetch puts in its place. Empty: there is none. */
  readonly apiKey: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}

/** What the clients of a provider are made from: the adapter's configuration and keys. */
export interface DeploymentSettings {
  /** Address of the deployments that have none of their own; without a slash at its end. */
  readonly baseUrl: string;
  readonly deployments: readonly DeploymentConfig[];
  readonly keys: Pick<ProviderKeys, "of">;
}

/** The provider's clients, one for each deployment. */
export interface DeploymentClients<Client> {
  /**
   * The client for a call.
   *
   * @param deployment as asked for; empty: the only one
   * @param model      as asked for
   * @throws FairleadError MODEL_NOT_FOUND where the model is not deployed there, INVALID_REQUEST where the deployment must
   *   be named
   */
  of(deployment: string, model: string): Client;
  /**
   * The client to probe a deployment with.
   *
   * @param deployment empty: the only one, or any
   * @throws FairleadError NOT_FOUND
   */
  toProbe(deployment: string): Client;
}

interface Deployed<Client> {
  readonly client: Client;
  /** Undefined: all models. */
  readonly models: ReadonlySet<string> | undefined;
}

/**
 * Makes one client for each deployment, or a single one where none is configured.
 *
 * @param connect makes a client
 * @param modelOf id of the model that a name stands for
 */
export function openDeployments<Client>(
  settings: DeploymentSettings,
  connect: (endpoint: Endpoint) => Client,
  modelOf: (name: string) => string,
): DeploymentClients<Client> {
  const deployed = new Map<string, Deployed<Client>>();
  for (const deployment of settings.deployments) {
    const client = connect(endpointOf(settings, deployment));
    deployed.set(deployment.name, { client, models: deployment.models && new Set(deployment.models) });
  }
  if (deployed.size === 0) deployed.set("", { client: connect({ apiKey: settings.keys.of("").placeholder, baseUrl: settings.baseUrl }), models: undefined });
  const [only] = deployed.size === 1 ? deployed.values() : [];
  const find = (deployment: string) => deployed.get(deployment) ?? (deployment === "" ? only : undefined);
  return {
    of(deployment, model) {
      if (deployment === "" && find("") === undefined) throw invalidField("deployment", "there are several, so one must be named");
      const found = find(deployment);
      if (found === undefined || found.models?.has(modelOf(model)) === false) throw notDeployed();
      return found.client;
    },
    toProbe(deployment) {
      const found = find(deployment) ?? (deployment === "" ? deployed.values().next().value : undefined);
      if (found === undefined) throw unknownDeployment();
      return found.client;
    },
  };
}

/** A deployment whose key is missing never calls what only the key would open. */
function endpointOf({ keys, baseUrl }: DeploymentSettings, deployment: DeploymentConfig): Endpoint {
  const { placeholder, missing } = keys.of(deployment.name);
  return { apiKey: placeholder, baseUrl: missing ? baseUrl : (deployment.baseUrl ?? baseUrl) };
}

function notDeployed() {
  const violations = [{ field: "deployment", description: "the model is not deployed there", rule: "fairlead" }];
  return failure(ErrorCode.MODEL_NOT_FOUND, "deployment: the provider has no such deployment of the model.", { violations });
}

function unknownDeployment() {
  const violations = [{ field: "deployment", description: "there is no such deployment", rule: "fairlead" }];
  return failure(ErrorCode.NOT_FOUND, "deployment: the provider has no such deployment.", { violations });
}
