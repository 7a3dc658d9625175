import { jsonReply, type WholeReply } from "../http/reply.ts";
import { AT_ONCE } from "../models/answer-settings.ts";
import { modelTable } from "../models/model-profile.ts";
import { replyRefusal } from "../http/reply-refusal.ts";
import { unsupportedField } from "../openai-compatible/unsupported-field.ts";
import { type CompatibleServer, plainUsage } from "../openai-compatible/server.ts";
import { compatibleWire } from "../openai-compatible/wire.ts";
import { errorObject } from "../openai/errors.ts";

const models = modelTable("groq", /-\d{4}$/, [
  {
    id: "openai/gpt-oss-120b",
    displayName: "GPT OSS 120B",
    firstTokenMs: 250,
    tokensPerSecond: 500,
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_754_408_224,
  },
  {
    id: "openai/gpt-oss-20b",
    displayName: "GPT OSS 20B",
    firstTokenMs: 150,
    tokensPerSecond: 1_000,
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    reasons: true,
    created: 1_754_407_957,
  },
  {
    id: "qwen/qwen3.6-27b",
    displayName: "Qwen 3.6 27B",
    firstTokenMs: 200,
    tokensPerSecond: 500,
    contextTokens: 131_072,
    maxOutputTokens: 16_384,
    reasons: true,
    created: 1_779_000_000,
  },
]);

const GROQ: CompatibleServer = {
  provider: "groq",
  prefix: "/groq",
  basePath: "/groq/openai/v1",
  models,
  keyHeader: "authorization",
  chatPaths: [/^\/openai\/v1\/chat\/completions$/],
  modelsPath: "/openai/v1/models",
  refuse: (refusal) => replyRefusal(refusal, { error: errorObject(refusal) }),
  refusedFields: [
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "messages[].name",
    "thinking",
    "top_k",
    "safety_identifier",
  ],
  manyChoices: false,
  refuseField: unsupportedField,
  efforts: ["none", "default", "low", "medium", "high"],
  reasoning: "reasoning",
  usageUnasked: false,
  usage: (counts) => ({ queue_time: 0.01, ...plainUsage(counts), total_time: 0.1 }),
  choiceFields: { logprobs: null },
  envelope: (place, usage, requestId) => ({
    ...(place === "whole" ? { usage_breakdown: null } : {}),
    x_groq: place === "last" ? { id: requestId, usage } : { id: requestId },
  }),
  badToolCall,
};

/** Groq: thoughts in a field of their own, usage in `x_groq`, and calls of tools that are looked at before they are told. */
export const createGroqWire = compatibleWire(GROQ);

function badToolCall(failedText: string): WholeReply {
  const message = "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.";
  return jsonReply(
    { error: { message, type: "invalid_request_error", code: "tool_use_failed", failed_generation: failedText } },
    AT_ONCE,
    400,
  );
}
