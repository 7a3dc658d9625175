import type { Flavor, MediaForm, SamplingField } from "@fairlead/openai-wire/flavor";

/** What of OpenAI's chat completions Groq speaks. It refuses names of speakers and more answers than one with 400. */
export const GROQ_FLAVOR: Flavor = {
  name: "Groq",
  provider: "groq",
  maxTokensField: "max_completion_tokens",
  developerRole: "system",
  messageNames: false,
  requiredToolChoice: "required",
  parallelToolCalls: true,
  strictTools: false,
  responseFormat: "json_schema",
  sampling: new Set<SamplingField>(["temperature", "top_p"]),
  maxTemperature: 2,
  seedField: "seed",
  maxStops: 4,
  manyChoices: false,
  streamUsage: true,
  doneMarker: true,
  endUserField: "user",
  reasoningControl: "effort",
  reasoningBack: "reasoning",
  media: new Set<MediaForm>(["image_url"]),
  cacheMarkers: undefined,
  embeddings: { dimensionsField: undefined, base64: false, tokenLists: false, endUser: true },
};
