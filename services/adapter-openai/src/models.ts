import { type CatalogueSource, readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const efforts = z.enum(["none", "minimal", "low", "medium", "high"]);

/** How much a model can be told to reason, in OpenAI's words. */
export type ReasoningEffortName = z.infer<typeof efforts>;

const traits = z
  .strictObject({
    /** Efforts that the model takes; empty for models that do not reason. Reasoning bars custom sampling. */
    reasoning_efforts: z.array(efforts).default([]),
    /** Effort of a request that says none. */
    default_effort: efforts.default("none"),
    /** True when chat completions with tools are refused unless the effort is none. */
    tools_bar_reasoning: z.boolean().default(false),
  })
  .default({ reasoning_efforts: [], default_effort: "none", tools_bar_reasoning: false });

/** What requests for a model depend on. */
export type OpenaiTraits = z.infer<typeof traits>;

/** Where the models on offer are told. */
export const openaiCatalogue: Omit<CatalogueSource<OpenaiTraits>, "provider"> = { builtIn: new URL("./models.yaml", import.meta.url), traits };

/** Reads the adapter's own models. */
export function loadOpenaiModels() {
  return readCatalogue({ ...openaiCatalogue, provider: "openai" });
}
