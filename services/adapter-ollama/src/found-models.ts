import type { DeploymentConfig } from "@fairlead/adapter-kit/deployment-config";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { nameOf, type PlacedModel } from "@fairlead/adapter-kit/placed-model";
import { MAX_MODELS } from "@fairlead/adapter-kit/read-models";

/** The models that servers were found to have. */
export class FoundModels {
  readonly #byDeployment = new Map<string, readonly JsonObject[]>();

  /** Takes what a server has, in place of what it had. */
  put(deployment: string, models: readonly JsonObject[]): void {
    this.#byDeployment.set(deployment, models);
  }

  /**
   * The models that some server has: what it shows of each, judged by the adapter's own models, changed by the
   * operator's.
   */
  adjust(known: readonly PlacedModel[], changes: readonly PlacedModel[]): readonly PlacedModel[] {
    const judged = byName(known);
    const changed = byName(changes);
    const there = new Map<unknown, PlacedModel>();
    for (const shown of [...this.#byDeployment.values()].flat()) {
      const { model, aliases } = shown;
      const change = changed.get(String(model));
      if (there.has(model) || there.size >= MAX_MODELS || change?.entry["remove"] === true) continue;
      const { remove: _, ...over } = change?.entry ?? {};
      // The names are the server's: another tag is another model there.
      const entry = { ...shown, ...judgementOf(judged.get(String(model))), ...over, model, aliases };
      there.set(model, { file: change?.file ?? "models of the server", index: change?.index ?? 0, entry });
    }
    return [...there.values()];
  }

  /** Deployments with the models that were found there, as far as they are configured to be offered. */
  deployed(deployments: readonly DeploymentConfig[]): readonly DeploymentConfig[] {
    return deployments.map((deployment) => {
      const found = (this.#byDeployment.get(deployment.name) ?? []).map(({ model }) => String(model));
      return {
        ...deployment,
        models: deployment.models === undefined ? found : found.filter((model) => deployment.models?.includes(model)),
      };
    });
  }
}

/** What no server knows of its models. */
const JUDGED: readonly string[] = [
  "tier",
  "strengths",
  "typical_first_token_ms",
  "typical_tokens_per_second",
  "canonical_model",
];

function judgementOf(placed: PlacedModel | undefined): JsonObject {
  return Object.fromEntries(Object.entries(placed?.entry ?? {}).filter(([key]) => JUDGED.includes(key)));
}

function byName(placed: readonly PlacedModel[]): ReadonlyMap<string, PlacedModel> {
  return new Map(placed.flatMap((one) => namesOf(one).map((name) => [name, one])));
}

function namesOf(placed: PlacedModel): string[] {
  const { aliases } = placed.entry;
  return [nameOf(placed), ...(Array.isArray(aliases) ? aliases.map(String) : [])];
}
