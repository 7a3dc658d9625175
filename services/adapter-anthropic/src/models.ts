import { loadModelCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const traits = z.strictObject({
  /** Output tokens asked for where the request sets no bound: Anthropic requires one. */
  default_max_output_tokens: z.int().positive(),
});

/** What requests for a model depend on. */
export type AnthropicTraits = z.infer<typeof traits>;

/** Reads the models on offer. */
export function loadAnthropicModels() {
  return loadModelCatalogue<AnthropicTraits>(new URL("./models.yaml", import.meta.url), "anthropic", traits);
}
