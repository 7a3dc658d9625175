import { hashText, mix } from "../answer/hash.ts";
import type { Question } from "../answer/question.ts";
import { RecentMap } from "../answer/recent-map.ts";
import { type JsonObject, textOf } from "../json.ts";

const SMALLEST_PROMPT = 1_024;
const CACHED_STEP = 128;
const KEPT_PROMPTS = 4_096;

/**
 * Cached tokens of a prompt: only for requests with a `prompt_cache_key`, from 1,024 tokens on, when the same prompt
 * was seen before; a multiple of 128. Without a key nothing is remembered, so that equal requests count equally.
 */
export class PromptCache {
  readonly #seen = new RecentMap<number, true>(KEPT_PROMPTS);

  cachedTokens(body: JsonObject, question: Question): number {
    const key = textOf(body["prompt_cache_key"]);
    if (key === undefined || question.promptTokens < SMALLEST_PROMPT) return 0;
    const prompt = mix(question.hash, mix(hashText(key), hashText(question.model.id)));
    const known = this.#seen.get(prompt) === true;
    this.#seen.set(prompt, true);
    return known ? Math.floor(question.promptTokens / CACHED_STEP) * CACHED_STEP : 0;
  }
}
