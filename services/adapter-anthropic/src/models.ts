import { type CatalogueSource, readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const traits = z.strictObject({
  /** Output tokens asked for where the request sets no bound: Anthropic requires one. */
  default_max_output_tokens: z.int().positive(),
  /** How it thinks: for a number of tokens; as much as it sees fit, with an effort; or that always. */
  thinking: z.enum(["budget", "adaptive", "always"]).default("budget"),
  /** How one that thinks as it sees fit is told to think least. */
  least_thinking: z.enum(["disabled", "between_tools"]).default("disabled"),
  /** False when it refuses temperature, top_p and top_k. */
  sampling: z.boolean().default(true),
  /** False when it refuses a choice that forces a tool. */
  forced_tools: z.boolean().default(true),
});

/** What requests for a model depend on. */
export type AnthropicTraits = z.infer<typeof traits>;

/** Where the models on offer are told. */
export const anthropicCatalogue: Omit<CatalogueSource<AnthropicTraits>, "provider"> = { builtIn: new URL("./models.yaml", import.meta.url), traits };

/** Reads the adapter's own models. */
export function loadAnthropicModels() {
  return readCatalogue({ ...anthropicCatalogue, provider: "anthropic" });
}
