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
}

/** How one model answers now. */
export interface AnswerSettings {
  readonly firstTokenMs: number;
  readonly msPerToken: number;
  readonly text: string | undefined;
  readonly chunks: number | undefined;
  readonly outputTokens: number | undefined;
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

/** Holds the settings of all models; those of one model come before those of all its provider's (`*`). */
export class AnswerSettingsStore {
  readonly #slowness: number;
  readonly #overrides = new Map<string, ModelSettings>();
  readonly #merged = new Map<ModelProfile, AnswerSettings>();

  /** `speed` 1 is as fast as the profiles say, 2 twice as fast, 0 without any delay. */
  constructor(speed: number) {
    this.#slowness = speed === 0 ? 0 : 1 / speed;
  }

  /** The settings in force for a model. */
  of(profile: ModelProfile): AnswerSettings {
    let settings = this.#merged.get(profile);
    if (settings === undefined) {
      settings = this.#merge(profile);
      this.#merged.set(profile, settings);
    }
    return settings;
  }

  set(provider: string, model: string, settings: ModelSettings): void {
    this.#overrides.set(`${provider}/${model}`, settings);
    this.#merged.clear();
  }

  clear(): void {
    this.#overrides.clear();
    this.#merged.clear();
  }

  /** What has been set, by `provider/model`. */
  list(): Readonly<Record<string, ModelSettings>> {
    return Object.fromEntries(this.#overrides);
  }

  #merge(profile: ModelProfile): AnswerSettings {
    const all = this.#overrides.get(`${profile.provider}/*`) ?? {};
    const own = this.#overrides.get(`${profile.provider}/${profile.id}`) ?? {};
    const rate = own.tokensPerSecond ?? all.tokensPerSecond;
    return {
      firstTokenMs: own.firstTokenMs ?? all.firstTokenMs ?? profile.firstTokenMs * this.#slowness,
      msPerToken: rate === undefined ? (1000 / profile.tokensPerSecond) * this.#slowness : 1000 / rate,
      text: own.text ?? all.text,
      chunks: own.chunks ?? all.chunks,
      outputTokens: own.outputTokens ?? all.outputTokens,
    };
  }
}
