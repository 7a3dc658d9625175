import type { CatalogueSource } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const traits = z.strictObject({}).default({});

/** What requests for a model depend on beside its description: nothing. */
export type CohereTraits = z.infer<typeof traits>;

/** Where the models on offer are told. */
export const cohereCatalogue: Omit<CatalogueSource<CohereTraits>, "provider"> = {
  builtIn: new URL("./models.yaml", import.meta.url),
  traits,
};
