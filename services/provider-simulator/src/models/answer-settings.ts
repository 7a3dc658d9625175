import type { ModelProfile } from "./model-profile.ts";

/** What a test may set of a model's answers. What is left out keeps to the model's profile. */
export interface ModelSettings {
  /** Milliseconds to the first token, taken as they are whatever the speed. */
  readonly firstTokenMs?: number | undefined;
  /** Output tokens a second, taken as they are whatever the speed. */
  readonly tokensPerSecond?: number | undefined;
  /** A fixed text in place of the generated one. */
  readonly text?: string | undefined;
  /** Pieces in which a streamed text comes. */
  readonly chunks?: number | undefined;
  /** Length of a generated text in tokens. */
  readonly outputTokens?: number | undefined;
  /** Words with which the model refuses, in the vendor's own form of a refusal; before all else. */
  readonly refusal?: string | undefined;
  /** What a text that must satisfy a schema is: `broken` is no JSON, `wrong` is JSON of another type. */
  readonly structuredOutput?: StructuredOutput | undefined;
}

export type StructuredOutput = "valid" | "broken" | "wrong";

/** How one model answers now. */
export interface AnswerSettings {
  readonly firstTokenMs: number;
  readonly msPerToken: number;
  readonly text: string | undefined;
  readonly chunks: number | undefined;
  readonly outputTokens: number | undefined;
  readonly refusal: string | undefined;
  readonly structuredOutput: StructuredOutput;
}

/** How long an answer takes: milliseconds to its first token and from there to its last. */
export interface Timing {
  readonly firstMs: number;
  readonly restMs: number;
}

export const AT_ONCE: Timing = { firstMs: 0, restMs: 0 };

/** The timing of an answer of so many tokens. */
export function timingOf(settings: AnswerSettings, tokens: number): Timing {
  if (settings.firstTokenMs === 0 && settings.msPerToken === 0) return AT_ONCE;
  return { firstMs: settings.firstTokenMs, restMs: settings.msPerToken * tokens };
}

/**
 * Holds the settings of all models. Those for one deployment come before those for all, and among these those of one model
 * before those of all its provider's (`*`).
 */
export class AnswerSettingsStore {
  readonly #slowness: number;
  readonly #overrides = new Map<string, ModelSettings>();
  readonly #merged = new Map<string, AnswerSettings>();
  /** Those that have settings of their own; only for these is anything remembered. */
  readonly #deployments = new Set<string>();

  /** `speed` 1 is as fast as the profiles say, 2 twice as fast, 0 without any delay. */
  constructor(speed: number) {
    this.#slowness = speed === 0 ? 0 : 1 / speed;
  }

  /** The settings in force for a model at a deployment. */
  of(profile: ModelProfile, deployment: string): AnswerSettings {
    const place = this.#deployments.has(deployment) ? deployment : "";
    const key = keyOf(profile.provider, profile.id, place);
    let settings = this.#merged.get(key);
    if (settings === undefined) {
      settings = this.#merge(profile, place);
      this.#merged.set(key, settings);
    }
    return settings;
  }

  /** @param deployment empty: every one */
  set(provider: string, model: string, settings: ModelSettings, deployment: string): void {
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    this.#overrides.set(keyOf(provider, model, deployment), Object.fromEntries(given));
    if (deployment !== "") this.#deployments.add(deployment);
    this.#merged.clear();
  }

  get size(): number {
    return this.#overrides.size;
  }

  clear(): void {
    this.#overrides.clear();
    this.#deployments.clear();
    this.#merged.clear();
  }

  /** What has been set, by `provider/model` or `provider/model#deployment`. */
  list(): Readonly<Record<string, ModelSettings>> {
    return Object.fromEntries(this.#overrides);
  }

  #merge({ provider, id, ...profile }: ModelProfile, deployment: string): AnswerSettings {
    const places = deployment === "" ? [""] : ["", deployment];
    const layers = places.flatMap((place) => [keyOf(provider, "*", place), keyOf(provider, id, place)]);
    const set: ModelSettings = Object.assign({}, ...layers.map((key) => this.#overrides.get(key)));
    const rate = set.tokensPerSecond;
    return {
      firstTokenMs: set.firstTokenMs ?? profile.firstTokenMs * this.#slowness,
      msPerToken: rate === undefined ? (1000 / profile.tokensPerSecond) * this.#slowness : 1000 / rate,
      text: set.text,
      chunks: set.chunks,
      outputTokens: set.outputTokens,
      refusal: set.refusal,
      structuredOutput: set.structuredOutput ?? "valid",
    };
  }
}

function keyOf(provider: string, model: string, deployment: string): string {
  return deployment === "" ? `${provider}/${model}` : `${provider}/${model}#${deployment}`;
}
