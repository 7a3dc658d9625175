import { create } from "@bufbuild/protobuf";
import { type ProviderDescription, ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { ConfigError } from "@fairlead/runtime/config";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { DeploymentConfig } from "./deployment-config.ts";
import { deployModels } from "./describe-model.ts";
import { openCatalogue } from "./live-catalogue.ts";
import type { CatalogueEntry, CatalogueSource } from "./model-catalogue.ts";

/** What an adapter says of its provider beside the models. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly telemetryName: string;
  readonly simulated: boolean;
  readonly local?: boolean;
  readonly dialects: readonly string[];
}

/** What an adapter offers, as it is now. */
export interface Offer {
  /** Replaced as a whole when anything in it changes. */
  readonly description: ProviderDescription;
  /** Id of the model that a name stands for; the name itself where none does. */
  modelOf(name: string): string;
  /** The name by which calls of a model are counted: its own where it is listed, else its model's. Undefined: there is none. */
  labelOf(name: string): string | undefined;
  /** Takes the address at which the adapter is reached. */
  reachedAt(address: string): void;
  /** Tells of each change of the models. One listener, the last. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

/** An offer with what the adapter wants to know of its models. */
export interface TypedOffer<Traits> extends Offer {
  entry(model: string): CatalogueEntry<Traits> | undefined;
  /** Puts the offer together anew, because what is there of it has changed. */
  refresh(): void;
}

/** What an offer is made of. */
export interface OfferSettings<Traits> {
  readonly identity: ProviderIdentity;
  readonly catalogue: Omit<CatalogueSource<Traits>, "provider">;
  readonly deployments: readonly DeploymentConfig[];
  /** The deployments with the models that are there now, where servers decide that. Unset: as they are configured. */
  readonly deployed?: () => readonly DeploymentConfig[];
  /** Unique for this run of this process. */
  readonly instance: string;
}

/**
 * Opens what an adapter offers: its catalogue, followed as its file changes, at its deployments.
 *
 * @throws ConfigError when the catalogue cannot be used, or a deployment names a model that is not in it
 */
export function openOffer<Traits>(settings: OfferSettings<Traits>, tools: Pick<ServiceTools, "logger" | "metrics">): TypedOffer<Traits> {
  const { identity, deployments, deployed = () => deployments, instance } = settings;
  let address = "";
  let listener = () => {};
  const catalogue = openCatalogue(
    { ...settings.catalogue, provider: identity.provider },
    {
      ...tools,
      onChange() {
        description = describe();
        listener();
      },
    },
  );
  const unknown = unknownModel(settings.deployed === undefined ? deployments : [], catalogue.current.models.map(({ model }) => model));
  if (unknown !== undefined) {
    void catalogue.close();
    throw new ConfigError(`Configuration: deployment ${unknown.deployment} of ${identity.provider}: models: there is no model ${unknown.model}`);
  }
  const describe = () =>
    create(ProviderDescriptionSchema, {
      provider: identity.provider,
      telemetryName: identity.telemetryName,
      simulated: identity.simulated,
      local: identity.local ?? false,
      dialects: [...identity.dialects],
      models: [...deployModels(catalogue.current.models, deployed())],
      instance,
      address,
    });
  let description = describe();
  return {
    get description() {
      return description;
    },
    entry: (model) => catalogue.current.entry(model),
    modelOf: (name) => catalogue.current.entry(name)?.description.model ?? name,
    labelOf(name) {
      const known = catalogue.current.entry(name)?.description;
      return known?.aliases.includes(name) === true ? name : known?.model;
    },
    reachedAt(told) {
      address = told;
      description = describe();
    },
    onChange: (told) => void (listener = told),
    refresh: () => catalogue.refresh(),
    close: () => catalogue.close(),
  };
}

function unknownModel(deployments: readonly DeploymentConfig[], known: readonly string[]) {
  for (const { name, models = [] } of deployments) {
    const model = models.find((wanted) => !known.includes(wanted));
    if (model !== undefined) return { deployment: name, model };
  }
  return undefined;
}
