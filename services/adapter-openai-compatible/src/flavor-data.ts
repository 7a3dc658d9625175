import type { Flavor } from "@fairlead/openai-wire/flavor";
import { z } from "zod";

const wholeEmbeddings = z.strictObject({
  dimensionsField: z.enum(["dimensions", "output_dimension"]).nullable(),
  base64: z.boolean(),
  tokenLists: z.boolean(),
  endUser: z.boolean(),
});

/** Null is a field that the server does not have. */
const wholeFlavor = z.strictObject({
  maxTokensField: z.enum(["max_completion_tokens", "max_tokens"]),
  developerRole: z.enum(["developer", "system"]),
  messageNames: z.boolean(),
  requiredToolChoice: z.enum(["required", "any"]),
  parallelToolCalls: z.boolean(),
  strictTools: z.boolean(),
  responseFormat: z.enum(["json_schema", "json_object", "none"]),
  sampling: z.array(z.enum(["temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty"])),
  maxTemperature: z.number().positive().max(2),
  seedField: z.enum(["seed", "random_seed"]).nullable(),
  maxStops: z.int().min(0).max(64),
  manyChoices: z.boolean(),
  streamUsage: z.boolean(),
  doneMarker: z.boolean(),
  endUserField: z.enum(["safety_identifier", "user"]).nullable(),
  reasoningControl: z.enum(["effort", "effort_object", "thinking_switch", "none"]),
  reasoningBack: z.enum(["reasoning_content", "reasoning", "reasoning_details", "thinking"]).nullable(),
  media: z.array(z.enum(["image_url", "input_audio", "file"])),
  cacheMarkers: z.enum(["cache_control", "prompt_cache_breakpoint"]).nullable(),
});

/** How YAML writes a flavor: what is left out is as in the layer below. */
export const flavorData = wholeFlavor.partial().extend({ embeddings: wholeEmbeddings.partial().optional() });

/** A flavor, or a part of one, as YAML writes it. */
export type FlavorData = z.infer<typeof flavorData>;

/** What servers have in common that say no more than that they are compatible with OpenAI. */
const COMMON = {
  maxTokensField: "max_tokens",
  developerRole: "system",
  messageNames: true,
  requiredToolChoice: "required",
  parallelToolCalls: true,
  strictTools: false,
  responseFormat: "json_schema",
  sampling: ["temperature", "top_p", "frequency_penalty", "presence_penalty"],
  maxTemperature: 2,
  seedField: "seed",
  maxStops: 4,
  manyChoices: true,
  streamUsage: true,
  doneMarker: true,
  endUserField: "user",
  reasoningControl: "effort",
  reasoningBack: null,
  media: ["image_url"],
  cacheMarkers: null,
} satisfies z.infer<typeof wholeFlavor>;

const COMMON_EMBEDDINGS = {
  dimensionsField: "dimensions",
  base64: false,
  tokenLists: false,
  endUser: false,
} satisfies z.infer<typeof wholeEmbeddings>;

/** The flavor of a server: what servers have in common, under what its preset and its configuration say. */
export function toFlavor(
  { name, provider }: Pick<Flavor, "name" | "provider">,
  layers: readonly (FlavorData | undefined)[],
): Flavor {
  const data: z.infer<typeof wholeFlavor> & Pick<FlavorData, "embeddings"> = Object.assign({}, COMMON, ...layers);
  const vectors: z.infer<typeof wholeEmbeddings> = Object.assign(
    {},
    COMMON_EMBEDDINGS,
    ...layers.map((layer) => layer?.embeddings),
  );
  return {
    ...data,
    name,
    provider,
    sampling: new Set(data.sampling),
    seedField: data.seedField ?? undefined,
    endUserField: data.endUserField ?? undefined,
    reasoningBack: data.reasoningBack ?? undefined,
    media: new Set(data.media),
    cacheMarkers: data.cacheMarkers ?? undefined,
    embeddings: { ...vectors, dimensionsField: vectors.dimensionsField ?? undefined },
  };
}
