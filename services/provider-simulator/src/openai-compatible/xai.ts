import type { WholeReply } from "../http/reply.ts";
import { modelTable } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";
import { replyRefusal } from "../http/reply-refusal.ts";
import { unsupportedField } from "./unsupported-field.ts";
import { type CompatibleServer, plainUsage } from "./server.ts";

const models = modelTable("xai", /-\d{4}$/, [
  {
    id: "grok-4.6",
    displayName: "Grok 4.6",
    firstTokenMs: 900,
    tokensPerSecond: 80,
    contextTokens: 500_000,
    maxOutputTokens: 500_000,
    reasons: true,
    created: 1_789_000_000,
  },
  {
    id: "grok-4.5",
    displayName: "Grok 4.5",
    firstTokenMs: 900,
    tokensPerSecond: 80,
    contextTokens: 500_000,
    maxOutputTokens: 500_000,
    reasons: true,
    created: 1_783_468_800,
  },
  {
    id: "grok-4.3",
    displayName: "Grok 4.3",
    firstTokenMs: 700,
    tokensPerSecond: 120,
    contextTokens: 1_000_000,
    maxOutputTokens: 30_000,
    reasons: true,
    created: 1_777_593_600,
  },
]);

const CODES: Readonly<Record<string, string>> = {
  unauthenticated: "The caller does not have permission to execute the specified operation",
  unknown_model: "Some requested entity was not found",
  rate_limited: "Some resource has been exhausted",
};

/** xAI: tells errors in a text and a sentence as code, and refuses a wrong key with 400. */
export const xai: CompatibleServer = {
  provider: "xai",
  prefix: "/xai",
  basePath: "/xai/v1",
  models,
  keyHeader: "authorization",
  chatPaths: [/^\/v1\/chat\/completions$/],
  modelsPath: "/v1/models",
  refuse,
  refusedFields: ["stop", "presence_penalty", "frequency_penalty", "thinking", "top_k"],
  manyChoices: true,
  refuseField: unsupportedField,
  efforts: ["none", "low", "medium", "high"],
  reasoning: "reasoning_content",
  usageUnasked: false,
  usage: ({ reasoning, ...counts }) => ({
    ...plainUsage({ ...counts, reasoning, completion: counts.completion - reasoning }),
    // Thoughts come on top of the completion here, and are told within the total only.
    total_tokens: counts.prompt + counts.completion,
    num_sources_used: 0,
  }),
};

function refuse(refusal: Refusal): WholeReply {
  const { kind, message } = refusal;
  const error = kind === "unauthenticated" ? `Incorrect API key provided. ${message}` : message;
  return replyRefusal(
    refusal,
    { code: CODES[kind] ?? "Client specified an invalid argument", error },
    { unauthenticated: 400 },
  );
}
