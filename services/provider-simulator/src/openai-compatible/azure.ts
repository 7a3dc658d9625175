import type { WholeReply } from "../http/reply.ts";
import { modelTable } from "../models/model-profile.ts";
import { errorObject } from "../openai/errors.ts";
import type { Refusal } from "../refusal.ts";
import { replyRefusal } from "../http/reply-refusal.ts";
import { unsupportedField } from "./unsupported-field.ts";
import { type CompatibleServer, plainUsage } from "./server.ts";

const SAFE = { filtered: false, severity: "safe" };
const FILTERS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };

const models = modelTable("azure", /-\d{4}-\d{2}-\d{2}$/, [
  {
    id: "gpt-4o",
    snapshot: "gpt-4o-2024-08-06",
    displayName: "GPT-4o",
    firstTokenMs: 500,
    tokensPerSecond: 80,
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    created: 1_715_300_000,
  },
  {
    id: "gpt-4o-mini",
    snapshot: "gpt-4o-mini-2024-07-18",
    displayName: "GPT-4o mini",
    firstTokenMs: 400,
    tokensPerSecond: 100,
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    created: 1_721_100_000,
  },
]);

/** Azure OpenAI: key in a header of its own, a first chunk without choices, and the findings of its content filter. */
export const azure: CompatibleServer = {
  provider: "azure",
  prefix: "/azure",
  basePath: "/azure/openai/v1",
  models,
  keyHeader: "api-key",
  chatPaths: [/^\/openai\/v1\/chat\/completions$/, /^\/openai\/deployments\/(?<model>[^/]+)\/chat\/completions$/],
  modelsPath: "/openai/v1/models",
  refuse,
  refusedFields: ["top_k", "thinking"],
  manyChoices: true,
  refuseField: unsupportedField,
  efforts: ["none", "minimal", "low", "medium", "high"],
  reasoning: "reasoning_content",
  usageUnasked: false,
  usage: plainUsage,
  preamble: {
    choices: [],
    created: 0,
    id: "",
    model: "",
    object: "",
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: FILTERS }],
  },
  choiceFields: { content_filter_results: FILTERS, logprobs: null },
  envelope: (place) =>
    place === "whole" ? { prompt_filter_results: [{ prompt_index: 0, content_filter_results: FILTERS }] } : {},
};

function refuse(refusal: Refusal): WholeReply {
  const { kind, message } = refusal;
  if (kind === "unauthenticated")
    return replyRefusal(refusal, { error: { code: "401", message: "Access denied due to invalid subscription key." } });
  if (kind === "unknown_model")
    return replyRefusal(refusal, {
      error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." },
    });
  return replyRefusal(refusal, { error: kind === "rate_limited" ? { code: "429", message } : errorObject(refusal) });
}
