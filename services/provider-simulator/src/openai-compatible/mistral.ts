import type { WholeReply } from "../http/reply.ts";
import type { Refusal } from "../refusal.ts";
import { mistralModels } from "./mistral-models.ts";
import { replyRefusal } from "../http/reply-refusal.ts";
import { unsupportedField } from "./unsupported-field.ts";
import type { CompatibleServer } from "./server.ts";

/** Mistral: knows no field but its own, shows thoughts in parts of the content, and tells usage unasked. */
export const mistral: CompatibleServer = {
  provider: "mistral",
  prefix: "/mistral",
  basePath: "/mistral/v1",
  models: mistralModels,
  keyHeader: "authorization",
  chatPaths: [/^\/v1\/chat\/completions$/],
  embeddingsPath: "/v1/embeddings",
  modelsPath: "/v1/models",
  refuse,
  refusedFields: [
    "max_completion_tokens",
    "stream_options",
    "seed",
    "user",
    "top_k",
    "logprobs",
    "safety_identifier",
    "thinking",
  ],
  manyChoices: true,
  refuseField: unsupportedField,
  efforts: ["none", "high"],
  reasoning: "thinking_parts",
  usageUnasked: true,
  usage: ({ prompt, cached, completion }) => ({
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens: completion,
    prompt_tokens_details: { cached_tokens: cached },
    service_tier: "standard",
  }),
};

function refuse(refusal: Refusal): WholeReply {
  const { kind, message, param } = refusal;
  if (kind === "unauthenticated") return replyRefusal(refusal, { detail: message });
  if (kind === "invalid" && param !== undefined) {
    return replyRefusal(
      refusal,
      { detail: [{ type: "extra_forbidden", loc: ["body", param], msg: message }] },
      { invalid: 422 },
    );
  }
  const [type, code] =
    kind === "rate_limited"
      ? ["rate_limited", "1300"]
      : kind === "unknown_model"
        ? ["invalid_model", "1500"]
        : ["invalid_request_error", null];
  return replyRefusal(refusal, { object: "error", message, type, param: null, code }, { unknown_model: 400 });
}
