import { type ModelProfile, modelTable } from "../models/model-profile.ts";

/** Cohere's models; times and rates are typical figures, not promises. */
export const cohereModels = modelTable("cohere", /-latest$/, [
  model("command-a-plus-05-2026", 900, 90, 128_000, 64_000, 1_777_593_600, true),
  model("command-a-reasoning-08-2025", 900, 60, 256_000, 32_000, 1_755_734_400, true),
  model("command-a-03-2025", 500, 75, 256_000, 8_000, 1_741_824_000),
  model("command-a-vision-07-2025", 700, 70, 128_000, 8_000, 1_753_920_000),
  model("command-a-translate-08-2025", 500, 75, 8_000, 8_000, 1_756_339_200),
  model("command-r-plus-08-2024", 600, 50, 128_000, 4_000, 1_724_976_000),
  model("command-r-08-2024", 400, 75, 128_000, 4_000, 1_724_976_000),
  model("command-r7b-12-2024", 250, 130, 128_000, 4_000, 1_734_048_000),
  model("command-r7b-arabic-02-2025", 250, 130, 128_000, 4_000, 1_740_614_400),
  model("c4ai-aya-expanse-32b", 400, 70, 128_000, 4_000, 1_729_728_000),
  model("c4ai-aya-vision-32b", 500, 60, 16_000, 4_000, 1_741_046_400),
  { ...model("embed-v4.0", 200, 10_000, 128_000, 0, 1_744_675_200), dimensions: 1_536 },
  { ...model("embed-english-v3.0", 200, 10_000, 512, 0, 1_698_883_200), dimensions: 1_024 },
  { ...model("embed-multilingual-v3.0", 200, 10_000, 512, 0, 1_698_883_200), dimensions: 1_024 },
]);

const SEEING: ReadonlySet<string> = new Set([
  "command-a-plus-05-2026",
  "command-a-vision-07-2025",
  "c4ai-aya-vision-32b",
]);
const WITHOUT_TOOLS: ReadonlySet<string> = new Set([
  "command-a-vision-07-2025",
  "c4ai-aya-expanse-32b",
  "c4ai-aya-vision-32b",
]);

/** Whether a model looks at pictures. */
export function sees({ id }: ModelProfile): boolean {
  return SEEING.has(id);
}

/** Whether a model calls tools. */
export function takesTools({ id }: ModelProfile): boolean {
  return !WITHOUT_TOOLS.has(id);
}

/** A model as the list of models shows it. */
export function describeModel(profile: ModelProfile): object {
  return {
    name: profile.id,
    endpoints: profile.kind === "embedding" ? ["embed"] : ["chat"],
    finetuned: false,
    context_length: profile.contextTokens,
    tokenizer_url: null,
    default_endpoints: [],
    features: [...(takesTools(profile) ? ["tools", "strict_tools"] : []), ...(sees(profile) ? ["vision"] : [])],
  };
}

function model(
  id: string,
  firstTokenMs: number,
  tokensPerSecond: number,
  contextTokens: number,
  maxOutputTokens: number,
  created: number,
  reasons = false,
) {
  return { id, displayName: id, firstTokenMs, tokensPerSecond, contextTokens, maxOutputTokens, reasons, created };
}
