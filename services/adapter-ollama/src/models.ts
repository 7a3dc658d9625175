import type { CatalogueSource } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const traits = z
  .strictObject({
    /** True when it is told how much to think, false when only whether. */
    think_levels: z.boolean().default(false),
    /** Tokens of context that the server gives it by itself. Unset: not known. */
    num_ctx: z.int().positive().optional(),
  })
  .default({ think_levels: false });

/** What requests for a model depend on. */
export type OllamaTraits = z.infer<typeof traits>;

/** Where usual models are told; which of them are there the servers decide. */
export const ollamaCatalogue: Omit<CatalogueSource<OllamaTraits>, "provider" | "adjust"> = {
  builtIn: new URL("./models.yaml", import.meta.url),
  traits,
};
