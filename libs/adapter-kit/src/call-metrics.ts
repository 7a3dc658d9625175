import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { Histogram, type Registry } from "prom-client";
import { totalInputTokens, totalOutputTokens } from "./token-usage.ts";

/** Buckets recommended by the semantic conventions for generative AI. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304];

/** What a provider's calls are measured by. Models outside the closed set are counted as "other". */
export interface CallMetrics {
  /** `errorType` is a code's name; empty for success. */
  finished(operation: string, model: string, seconds: number, errorType: string): void;
  firstChunk(operation: string, model: string, seconds: number): void;
  used(operation: string, model: string, usage: TokenUsage): void;
}

interface Observer {
  observe(value: number): void;
}

/**
 * Makes the metrics of a provider; several providers may share a registry.
 *
 * @param labelOf the label of a model, from a closed set; undefined: "other"
 */
export function createCallMetrics(registry: Registry, provider: string, labelOf: (model: string) => string | undefined): CallMetrics {
  const duration = histogram(registry, "gen_ai_client_operation_duration_seconds", "Duration of calls of providers.", SECONDS, ["error_type"]);
  const first = histogram(registry, "gen_ai_client_operation_time_to_first_chunk_seconds", "Time until a provider's stream brought its first content.", SECONDS, []);
  const tokens = histogram(registry, "gen_ai_client_token_usage", "Tokens used by calls of providers.", TOKENS, ["gen_ai_token_type"]);
  const children = new Map<string, Observer>();
  const child = (parent: Histogram<string>, kind: string, operation: string, model: string, extra: Record<string, string>) => {
    const label = labelOf(model) ?? "other";
    const key = `${kind}|${operation}|${label}|${Object.values(extra).join("|")}`;
    let found = children.get(key);
    if (found === undefined) {
      const labels = { gen_ai_operation_name: operation, gen_ai_provider_name: provider, gen_ai_request_model: label, ...extra };
      found = parent.labels(labels);
      children.set(key, found);
    }
    return found;
  };
  return {
    finished: (operation, model, seconds, errorType) =>
      child(duration, "duration", operation, model, { error_type: errorType }).observe(seconds),
    firstChunk: (operation, model, seconds) => child(first, "first", operation, model, {}).observe(seconds),
    used(operation, model, usage) {
      child(tokens, "tokens", operation, model, { gen_ai_token_type: "input" }).observe(totalInputTokens(usage));
      child(tokens, "tokens", operation, model, { gen_ai_token_type: "output" }).observe(totalOutputTokens(usage));
    },
  };
}

function histogram(registry: Registry, name: string, help: string, buckets: number[], extra: readonly string[]): Histogram<string> {
  const existing = registry.getSingleMetric(name);
  if (existing !== undefined) return existing as Histogram<string>;
  const labelNames = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", ...extra];
  return new Histogram({ name, help, buckets, labelNames, registers: [registry] });
}
