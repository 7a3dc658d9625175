import { fileURLToPath } from "node:url";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import { ConfigError } from "@fairlead/runtime/config";
import type { z } from "zod";
import { describeModel } from "./describe-model.ts";
import { mergeModels } from "./merge-models.ts";
import { modelEntry } from "./model-entry.ts";
import { CatalogueError, pathOf, type PlacedModel, problem } from "./placed-model.ts";
import { MAX_MODELS, readModels } from "./read-models.ts";

/** The models of a provider. */
export interface ModelCatalogue<Traits> {
  readonly models: readonly ModelDescription[];
  /**
   * What the adapter must know to write requests for a model: by its id, an alias, or a longer name of one, such as a dated
   * snapshot. Undefined: no model is called anything like it.
   */
  entry(model: string): CatalogueEntry<Traits> | undefined;
}

/** A model, for writing requests. */
export interface CatalogueEntry<Traits> {
  readonly description: ModelDescription;
  readonly traits: Traits;
}

/** Where the models of a provider are told. */
export interface CatalogueSource<Traits> {
  /** The adapter's own models.yaml; prices in it are dollars a million tokens as decimal text. */
  readonly builtIn: URL;
  /** An operator's file of the same form, put over the adapter's own. Empty: none. */
  readonly file?: string;
  /** Id under which the prices are billed. */
  readonly provider: string;
  /** What the adapter wants to know beside the description. */
  readonly traits: z.ZodType<Traits>;
  /**
   * Makes of the adapter's own models and the operator's changes those that are there, where a server decides that; none is
   * allowed. Unset: the changes are put over the adapter's own.
   */
  readonly adjust?: (known: readonly PlacedModel[], changes: readonly PlacedModel[]) => readonly PlacedModel[];
}

/**
 * Reads the models of a provider. An operator's file that is not there counts as empty.
 *
 * @throws CatalogueError
 */
export function readCatalogue<Traits>(source: CatalogueSource<Traits>): ModelCatalogue<Traits> {
  const { builtIn, file = "" } = source;
  const own = fileURLToPath(builtIn);
  const known = readModels(own);
  if (known === undefined) throw new CatalogueError(own, "there is no such file");
  const changes = file === "" ? [] : (readModels(file) ?? []);
  const { adjust = mergeModels } = source;
  return build(source, adjust(mergeModels([], known), changes));
}

function build<Traits>({ provider, traits, adjust }: CatalogueSource<Traits>, placed: readonly PlacedModel[]): ModelCatalogue<Traits> {
  if (placed.length === 0 && adjust === undefined) throw new ConfigError(`Configuration: no model of ${provider} is left`);
  if (placed.length > MAX_MODELS) throw new ConfigError(`Configuration: ${provider} has more than ${MAX_MODELS} models`);
  const schema = modelEntry.safeExtend({ traits });
  const entries = new Map<string, CatalogueEntry<Traits>>();
  const models: ModelDescription[] = [];
  for (const one of placed) {
    const result = schema.safeParse(one.entry);
    if (!result.success) throw new CatalogueError(one.file, explain(one, result.error));
    const entry = { description: describeModel(provider, result.data), traits: result.data.traits as Traits };
    models.push(entry.description);
    for (const name of [result.data.model, ...result.data.aliases]) {
      if (entries.has(name)) throw problem(one, "aliases", `two models are called ${name}`);
      entries.set(name, entry);
    }
  }
  return { models, entry: (model) => entries.get(model) ?? longestBeginning(entries, model) };
}

function longestBeginning<Entry>(entries: ReadonlyMap<string, Entry>, model: string): Entry | undefined {
  for (let end = model.lastIndexOf("-"); end > 0; end = model.lastIndexOf("-", end - 1)) {
    const entry = entries.get(model.slice(0, end));
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function explain({ index }: PlacedModel, error: z.ZodError): string {
  return error.issues.map((issue) => `models.${index}.${pathOf(issue)}: ${issue.message}`).join("; ");
}
