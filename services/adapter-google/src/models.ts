import { type CatalogueSource, readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { z } from "zod";

const level = z.enum(["minimal", "low", "medium", "high"]);

/** How much a model thinks, in Google's words. */
export type ThinkingLevel = z.infer<typeof level>;

const thinking = z.union([
  z.strictObject({
    /** Levels that the model takes. */
    levels: z.array(level).min(1),
  }),
  z.strictObject({
    /** Tokens of thinking at least, when it thinks. */
    least: z.int().positive(),
    /** Tokens of thinking at most. */
    most: z.int().positive(),
    /** True when it can be told not to think. */
    can_stop: z.boolean().default(false),
  }),
]);

const traits = z
  .strictObject({
    /** How the model can be told to think. Unset: it does not. */
    thinking: thinking.optional(),
    /** True when it refuses its own tool calls without the signatures of the thoughts that led to them. */
    needs_thought_signatures: z.boolean().default(false),
    /** True when it takes JSON schema beside the subset that every model takes. */
    json_schema: z.boolean().default(false),
  })
  .default({ needs_thought_signatures: false, json_schema: false });

/** How a model can be told to think: by a level or by a number of tokens. */
export type GoogleThinking = z.infer<typeof thinking>;

/** What requests for a model depend on. */
export type GoogleTraits = z.infer<typeof traits>;

/** Where the models on offer are told. */
export const googleCatalogue: Omit<CatalogueSource<GoogleTraits>, "provider"> = { builtIn: new URL("./models.yaml", import.meta.url), traits };

/** Reads the adapter's own models. */
export function loadGoogleModels() {
  return readCatalogue({ ...googleCatalogue, provider: "google" });
}
