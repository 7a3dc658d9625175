import { clone, create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Deployment,
  DeploymentSchema,
  type ModelDescription,
  ModelDescriptionSchema,
  ModelKind,
  type TargetLimits,
  TargetLimitsSchema,
} from "@fairlead/contracts/adapter/v1/model";
import { LongPromptPriceSchema, type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import type { DeploymentConfig } from "./deployment-config.ts";
import type { CAPABILITIES, ModelEntry } from "./model-entry.ts";
import type { LongPromptEntry, PriceEntry } from "./price-entry.ts";

/** Writes what the mesh is told of a model. */
export function describeModel(provider: string, entry: ModelEntry): ModelDescription {
  const has = (name: (typeof CAPABILITIES)[number]) => entry.capabilities.includes(name);
  const description = create(ModelDescriptionSchema, {
    model: entry.model,
    aliases: entry.aliases,
    kind: entry.kind === "chat" ? ModelKind.CHAT : ModelKind.EMBEDDING,
    tier: entry.tier,
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
    contextWindowTokens: entry.context_window_tokens,
    maxOutputTokens: entry.max_output_tokens,
    strengths: entry.strengths,
    typicalFirstTokenMs: entry.typical_first_token_ms,
    typicalTokensPerSecond: entry.typical_tokens_per_second,
    prices: entry.prices.map((price) => toPrice(provider, entry.model, price)),
    canonicalModel: entry.canonical_model ?? "",
  });
  if (entry.limits !== undefined) {
    const { requests_per_minute, tokens_per_minute, concurrent_requests, quota_account } = entry.limits;
    description.limits = toLimits(requests_per_minute, tokens_per_minute, concurrent_requests, quota_account);
  }
  return description;
}

/**
 * The same models with the places where they are deployed. Where deployments are configured, a model that is in none of
 * them cannot be called and is left out.
 */
export function deployModels(models: readonly ModelDescription[], deployments: readonly DeploymentConfig[]): readonly ModelDescription[] {
  if (deployments.length === 0) return models;
  return models.flatMap((model) => {
    const places = deployments.filter((deployment) => deployment.models?.includes(model.model) ?? true);
    if (places.length === 0) return [];
    const deployed = clone(ModelDescriptionSchema, model);
    deployed.deployments = places.map(toDeployment);
    return [deployed];
  });
}

function toDeployment(config: DeploymentConfig): Deployment {
  const { name, region, weight, requestsPerMinute, tokensPerMinute, concurrentRequests, quotaAccount } = config;
  const deployment = create(DeploymentSchema, { deployment: name, region, weight });
  if (requestsPerMinute ?? tokensPerMinute ?? concurrentRequests ?? quotaAccount) {
    deployment.limits = toLimits(requestsPerMinute, tokensPerMinute, concurrentRequests, quotaAccount);
  }
  return deployment;
}

function toLimits(requests = 0, tokens = 0, concurrent = 0, quotaAccount = ""): TargetLimits {
  const tokensPerMinute = BigInt(tokens);
  return create(TargetLimitsSchema, { requestsPerMinute: requests, tokensPerMinute, concurrentRequests: concurrent, quotaAccount });
}

function toPrice(provider: string, model: string, entry: PriceEntry): ModelPrice {
  const made = create(ModelPriceSchema, { provider, model, ...toRates(entry) });
  if (entry.effective_from !== undefined) made.effectiveFrom = timestampFromDate(new Date(`${entry.effective_from}T00:00:00Z`));
  made.longPrompt = entry.long_prompt.map((step) => create(LongPromptPriceSchema, { aboveTokens: step.above_tokens, ...toRates(step) }));
  return made;
}

/** The rates that a price and each step of it have in common. */
function toRates(entry: PriceEntry | LongPromptEntry) {
  return {
    input: entry.input,
    output: entry.output,
    ...(entry.cache_read !== undefined && { cacheRead: entry.cache_read }),
    ...(entry.cache_write !== undefined && { cacheWrite: entry.cache_write }),
    ...(entry.reasoning !== undefined && { reasoning: entry.reasoning }),
    ...(entry.audio_input !== undefined && { audioInput: entry.audio_input }),
    ...(entry.audio_output !== undefined && { audioOutput: entry.audio_output }),
    ...(entry.image_input !== undefined && { imageInput: entry.image_input }),
    ...(entry.image_output !== undefined && { imageOutput: entry.image_output }),
  };
}
