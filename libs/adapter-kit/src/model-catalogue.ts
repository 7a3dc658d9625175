import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type ModelDescription, ModelDescriptionSchema, ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { parse } from "yaml";
import { z } from "zod";
import { parseNanoUsd } from "./parse-price.ts";

/** The models of a provider, as its models.yaml tells them. */
export interface ModelCatalogue<Traits> {
  readonly models: readonly ModelDescription[];
  /** What the adapter must know to write requests for a model or an alias of it. Undefined: the model is not listed. */
  entry(model: string): CatalogueEntry<Traits> | undefined;
}

/** A model, for writing requests. */
export interface CatalogueEntry<Traits> {
  readonly description: ModelDescription;
  readonly traits: Traits;
}

const price = z.string().transform((text, context) => {
  try {
    return parseNanoUsd(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

const priceEntry = z.strictObject({
  effective_from: z.iso.date().optional(),
  input: price,
  output: price,
  cache_read: price.optional(),
  cache_write: price.optional(),
  reasoning: price.optional(),
  audio_input: price.optional(),
  audio_output: price.optional(),
  image_input: price.optional(),
  image_output: price.optional(),
});

const CAPABILITIES = ["tools", "streaming", "vision", "audio_input", "audio_output", "files", "structured_output", "reasoning"] as const;

const score = z.number().min(0).max(1);

const modelEntry = z.strictObject({
  model: z.string().min(1).max(256),
  aliases: z.array(z.string().min(1).max(256)).max(32).default([]),
  kind: z.enum(["chat", "embedding"]),
  tier: z.enum(["flagship", "balanced", "efficient", "specialised"]),
  capabilities: z.array(z.enum(CAPABILITIES)),
  context_window_tokens: z.int().positive(),
  max_output_tokens: z.int().nonnegative(),
  strengths: z.record(z.string().min(1), score).refine((strengths) => "overall" in strengths, "needs an overall score"),
  typical_first_token_ms: z.int().positive(),
  typical_tokens_per_second: z.int().positive(),
  prices: z.array(priceEntry),
  traits: z.unknown().optional(),
});

/**
 * Reads a models.yaml.
 *
 * @param location of the file; prices in it are dollars a million tokens as decimal text
 * @param provider id under which the prices are billed
 * @param traits   what the adapter wants to know beside the description
 * @throws Error that names file and path of what is wrong
 */
export function loadModelCatalogue<Traits>(location: URL, provider: string, traits: z.ZodType<Traits>): ModelCatalogue<Traits> {
  const schema = z.strictObject({ models: z.array(modelEntry.extend({ traits })).min(1).max(1000) });
  const result = schema.safeParse(parse(readFileSync(location, "utf8")));
  if (!result.success) throw new Error(`${location.pathname}: ${explain(result.error)}`);
  const entries = new Map<string, CatalogueEntry<Traits>>();
  const models: ModelDescription[] = [];
  for (const raw of result.data.models) {
    const entry = { description: describe(provider, raw), traits: raw.traits as Traits };
    models.push(entry.description);
    for (const name of [raw.model, ...raw.aliases]) {
      if (entries.has(name)) throw new Error(`${location.pathname}: two models are called ${name}`);
      entries.set(name, entry);
    }
  }
  return { models, entry: (model) => entries.get(model) };
}

function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
}

function describe(provider: string, raw: z.infer<typeof modelEntry>): ModelDescription {
  const has = (name: (typeof CAPABILITIES)[number]) => raw.capabilities.includes(name);
  return create(ModelDescriptionSchema, {
    model: raw.model,
    aliases: raw.aliases,
    kind: raw.kind === "chat" ? ModelKind.CHAT : ModelKind.EMBEDDING,
    tier: raw.tier,
    capabilities: {
      tools: has("tools"),
      streaming: has("streaming"),
      vision: has("vision"),
      audioInput: has("audio_input"),
      audioOutput: has("audio_output"),
      files: has("files"),
      structuredOutput: has("structured_output"),
      reasoning: has("reasoning"),
    },
    contextWindowTokens: raw.context_window_tokens,
    maxOutputTokens: raw.max_output_tokens,
    strengths: raw.strengths,
    typicalFirstTokenMs: raw.typical_first_token_ms,
    typicalTokensPerSecond: raw.typical_tokens_per_second,
    prices: raw.prices.map((entry) => toPrice(provider, raw.model, entry)),
  });
}

function toPrice(provider: string, model: string, entry: z.infer<typeof priceEntry>): ModelPrice {
  const made = create(ModelPriceSchema, { provider, model, input: entry.input, output: entry.output });
  if (entry.effective_from !== undefined) made.effectiveFrom = timestampFromDate(new Date(`${entry.effective_from}T00:00:00Z`));
  if (entry.cache_read !== undefined) made.cacheRead = entry.cache_read;
  if (entry.cache_write !== undefined) made.cacheWrite = entry.cache_write;
  if (entry.reasoning !== undefined) made.reasoning = entry.reasoning;
  if (entry.audio_input !== undefined) made.audioInput = entry.audio_input;
  if (entry.audio_output !== undefined) made.audioOutput = entry.audio_output;
  if (entry.image_input !== undefined) made.imageInput = entry.image_input;
  if (entry.image_output !== undefined) made.imageOutput = entry.image_output;
  return made;
}
