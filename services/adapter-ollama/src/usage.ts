import { estimateTokens } from "@fairlead/adapter-kit/estimate-usage";
import { asCount, type JsonObject } from "@fairlead/adapter-kit/json";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** What stands in for counts that are missing. */
export interface UsageGuess {
  /** Tokens of the prompt. */
  readonly promptTokens: number;
  /** Bytes of text that the answer holds. */
  readonly outputBytes: number;
}

/**
 * Ollama's counts. Either may be missing, for one when the prompt was still in memory; it is then worked out, which the
 * usage says. Undefined where both are missing.
 */
export function fromOllamaUsage(body: JsonObject, guess: () => UsageGuess): TokenUsage | undefined {
  const input = body["prompt_eval_count"];
  const output = body["eval_count"];
  if (typeof input === "number" && typeof output === "number") {
    return tokenUsage({ inputTokens: asCount(input), outputTokens: asCount(output) });
  }
  if (typeof input !== "number" && typeof output !== "number") return undefined;
  const { promptTokens, outputBytes } = guess();
  return tokenUsage({
    inputTokens: typeof input === "number" ? asCount(input) : promptTokens,
    outputTokens: typeof output === "number" ? asCount(output) : estimateTokens(outputBytes),
    estimated: true,
  });
}
