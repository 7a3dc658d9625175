import { modelTable } from "../models/model-profile.ts";
import { errorObject } from "../openai/errors.ts";
import { replyRefusal } from "../http/reply-refusal.ts";
import { unsupportedField } from "./unsupported-field.ts";
import { type CompatibleServer, plainUsage } from "./server.ts";

const models = modelTable("deepseek", /-\d{4}$/, [
  {
    id: "deepseek-flash",
    displayName: "DeepSeek V4.1 Flash",
    firstTokenMs: 600,
    tokensPerSecond: 90,
    contextTokens: 1_000_000,
    maxOutputTokens: 384_000,
    reasons: true,
    created: 1_792_195_200,
  },
  {
    id: "deepseek-v4-pro",
    displayName: "DeepSeek V4 Pro",
    firstTokenMs: 900,
    tokensPerSecond: 50,
    contextTokens: 1_000_000,
    maxOutputTokens: 384_000,
    reasons: true,
    created: 1_786_579_200,
  },
]);

/** DeepSeek: shows thoughts beside the content and counts what its cache hit and missed. */
export const deepseek: CompatibleServer = {
  provider: "deepseek",
  prefix: "/deepseek",
  basePath: "/deepseek",
  models,
  keyHeader: "authorization",
  chatPaths: [/^(?:\/v1|\/beta)?\/chat\/completions$/],
  modelsPath: "/models",
  refuse: (refusal) => replyRefusal(refusal, { error: errorObject(refusal) }),
  refusedFields: ["max_completion_tokens", "seed", "parallel_tool_calls", "response_format.json_schema", "top_k"],
  manyChoices: false,
  refuseField: unsupportedField,
  efforts: ["low", "medium", "high", "max"],
  reasoning: "reasoning_content",
  usageUnasked: true,
  usage: (counts) => ({
    ...plainUsage(counts),
    prompt_cache_hit_tokens: counts.cached,
    prompt_cache_miss_tokens: counts.prompt - counts.cached,
  }),
  choiceFields: { logprobs: null },
};
