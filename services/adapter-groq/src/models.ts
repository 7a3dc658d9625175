import type { CatalogueSource } from "@fairlead/adapter-kit/model-catalogue";
import { type ServedModelTraits, servedModelTraits } from "@fairlead/openai-wire/model-body";

/** Where the models on offer are told. */
export const groqCatalogue: Omit<CatalogueSource<ServedModelTraits>, "provider"> = {
  builtIn: new URL("./models.yaml", import.meta.url),
  traits: servedModelTraits,
};
