import { loadModelCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const efforts = z.enum(["none", "minimal", "low", "medium", "high"]);

/** How much a model can be told to reason, in OpenAI's words. */
export type ReasoningEffortName = z.infer<typeof efforts>;

const traits = z
  .strictObject({
    /** Efforts that the model takes; empty for models that do not reason. Reasoning bars custom sampling. */
    reasoning_efforts: z.array(efforts).default([]),
  })
  .default({ reasoning_efforts: [] });

/** What requests for a model depend on. */
export type OpenaiTraits = z.infer<typeof traits>;

/** Reads the models on offer. */
export function loadOpenaiModels() {
  return loadModelCatalogue<OpenaiTraits>(new URL("./models.yaml", import.meta.url), "openai", traits);
}
