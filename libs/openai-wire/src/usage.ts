import { asCount, asObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/**
 * Counts of chat completions in disjoint buckets. Cached, audio and image tokens are counted inside the prompt, reasoning,
 * audio and image tokens inside the completion, save for servers whose total shows that reasoning comes on top (xAI).
 * Undefined where there are no counts.
 */
export function fromChatUsage(usage: unknown): TokenUsage | undefined {
  const counts = asObject(usage);
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = counts;
  if (typeof prompt !== "number") return undefined;
  const details = asObject(counts["prompt_tokens_details"]);
  // OpenAI, DeepSeek, Moonshot and Mistral each write cached tokens elsewhere.
  const cached =
    details["cached_tokens"] ??
    counts["prompt_cache_hit_tokens"] ??
    counts["cached_tokens"] ??
    counts["num_cached_tokens"];
  const made = asObject(counts["completion_tokens_details"]);
  const reasoned = made["reasoning_tokens"] ?? counts["reasoning_tokens"];
  return toBuckets({ prompt, completion, total, cached, reasoned, details, made });
}

/** Counts of the Responses API in the same buckets. */
export function fromResponsesUsage(usage: unknown): TokenUsage | undefined {
  const counts = asObject(usage);
  const { input_tokens: prompt, output_tokens: completion, total_tokens: total } = counts;
  if (typeof prompt !== "number") return undefined;
  const details = asObject(counts["input_tokens_details"]);
  const made = asObject(counts["output_tokens_details"]);
  return toBuckets({
    prompt,
    completion,
    total,
    cached: details["cached_tokens"],
    reasoned: made["reasoning_tokens"],
    details,
    made,
  });
}

/** Counts as a server wrote them, not yet trusted. */
interface ToldCounts {
  readonly prompt: unknown;
  readonly completion: unknown;
  readonly total: unknown;
  readonly cached: unknown;
  readonly reasoned: unknown;
  readonly details: JsonObject;
  readonly made: JsonObject;
}

function toBuckets({ prompt, completion, total, cached, reasoned, details, made }: ToldCounts): TokenUsage {
  const reasoning = asCount(reasoned);
  const answer = asCount(completion);
  const onTop = reasoning > 0 && asCount(total) === asCount(prompt) + answer + reasoning;
  const input = takeFrom(asCount(prompt));
  const output = takeFrom(onTop ? answer + reasoning : answer);
  return tokenUsage({
    cacheReadTokens: input.take(cached),
    cacheWriteTokens: input.take(details["cache_write_tokens"]),
    audioInputTokens: input.take(details["audio_tokens"]),
    imageInputTokens: input.take(details["image_tokens"]),
    inputTokens: input.rest(),
    reasoningTokens: output.take(reasoning),
    audioOutputTokens: output.take(made["audio_tokens"]),
    imageOutputTokens: output.take(made["image_tokens"]),
    outputTokens: output.rest(),
  });
}

/** Takes parts of a total, never more than is left of it. */
function takeFrom(total: number) {
  let left = total;
  return {
    take(count: unknown): number {
      const taken = Math.min(asCount(count), left);
      left -= taken;
      return taken;
    },
    rest: () => left,
  };
}
