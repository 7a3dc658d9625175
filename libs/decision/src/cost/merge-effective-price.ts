import { DEFAULT_PRICE_HALF_LIFE_MS, type EffectivePriceState } from "./advance-effective-price.ts";

/** What two parts of the calls of one target make together: each is faded to the newer of their times, then they add up. */
export function mergeEffectivePrice(
  one: EffectivePriceState | undefined,
  other: EffectivePriceState,
  halfLifeMs: number = DEFAULT_PRICE_HALF_LIFE_MS,
): EffectivePriceState {
  if (one === undefined) return other;
  const atMs = Math.max(one.atMs, other.atMs);
  const [left, right] = [one, other].map((part) => 0.5 ** ((atMs - part.atMs) / halfLifeMs)) as [number, number];
  const sum = (name: "calls" | "inputTokens" | "cacheReadTokens" | "outputTokens" | "inputNanoUsd" | "outputNanoUsd") =>
    one[name] * left + other[name] * right;
  return {
    sinceMs: Math.min(one.sinceMs, other.sinceMs),
    atMs,
    calls: sum("calls"),
    inputTokens: sum("inputTokens"),
    cacheReadTokens: sum("cacheReadTokens"),
    outputTokens: sum("outputTokens"),
    inputNanoUsd: sum("inputNanoUsd"),
    outputNanoUsd: sum("outputNanoUsd"),
  };
}
