import { hashText, mix } from "../answer/hash.ts";
import { RecentMap } from "../answer/recent-map.ts";
import type { Prompt } from "./prompt.ts";

/** How the tokens of a prompt are counted: the three do not overlap. */
export interface PromptTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly ttl: "5m" | "1h";
}

const SMALLEST_PREFIX = 1_024;
const KEPT_PREFIXES = 4_096;

/**
 * Remembers the prefixes that callers asked to cache: of at least 1,024 tokens each, the newest 4,096 of them, without
 * regard to their time to live.
 */
export class PromptCache {
  readonly #seen = new RecentMap<number, true>(KEPT_PREFIXES);

  /** Counts a prompt: read up to the last known cache point, written up to the last one, plain input after that. */
  count(model: string, prompt: Prompt): PromptTokens {
    const points = prompt.cachePoints.filter((point) => point.tokens >= SMALLEST_PREFIX);
    const last = points.at(-1);
    if (last === undefined) return { input: prompt.tokens, cacheRead: 0, cacheWrite: 0, ttl: "5m" };
    const modelHash = hashText(model);
    const known = points.findLast((point) => this.#seen.get(mix(point.hash, modelHash)) === true);
    for (const point of points) this.#seen.set(mix(point.hash, modelHash), true);
    const cacheRead = known?.tokens ?? 0;
    return { input: prompt.tokens - last.tokens, cacheRead, cacheWrite: last.tokens - cacheRead, ttl: last.ttl };
  }
}
