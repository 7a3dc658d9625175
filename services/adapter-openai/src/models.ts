import { type CatalogueSource, readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { type ModelTraits, modelTraits } from "@fairlead/openai-wire/traits";

/** Where the models on offer are told. */
export const openaiCatalogue: Omit<CatalogueSource<ModelTraits>, "provider"> = { builtIn: new URL("./models.yaml", import.meta.url), traits: modelTraits };

/** Reads the adapter's own models. */
export function loadOpenaiModels() {
  return readCatalogue({ ...openaiCatalogue, provider: "openai" });
}
