import { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** Milliseconds until a refused key is tried by one request; doubles with each refusal. */
const FIRST_TRIAL_MS = 30_000;
const LAST_TRIAL_MS = 600_000;
/** Milliseconds that a limited key rests at most, whatever it was told: limits are raised. */
const LONGEST_REST_MS = 86_400_000;
/** Milliseconds by which clocks and timers may go apart: who waits as long as told finds the key ready. */
const SLACK_MS = 5;
/** Models of one key that are kept apart at most. */
const MAX_MODELS = 128;

/** Why a key is not used for now. */
interface Hold {
  readonly code: ErrorCode;
  /** Unix milliseconds. */
  readonly since: number;
  until: number;
  /** Refusals in a row; 0 for a key that rests. */
  readonly refusals: number;
}

/** One key of a ring. */
export interface RingKey {
  readonly text: string;
  /** Its place among the keys of its source, from 1. */
  readonly position: number;
}

interface HeldKey extends RingKey {
  position: number;
  /** Of the key as a whole. */
  whole: Hold | undefined;
  /** Of single models: providers count by model, and let some keys call only some models. */
  readonly models: Map<string, Hold>;
}

/** A key that was handed out, and when in unix milliseconds. */
export interface TakenKey {
  readonly kind: "key";
  readonly key: RingKey;
  readonly at: number;
}

/** What a ring hands out. */
export type Taken =
  | TakenKey
  /** All that could be used rest; the shortest wait in milliseconds. */
  | { readonly kind: "resting"; readonly waitMs: number }
  /** All were refused, for this reason. */
  | { readonly kind: "refused"; readonly code: ErrorCode }
  | { readonly kind: "empty" };

/** What an answer means for its key: it rests, it is refused as a whole or for the model, or nothing. */
export type KeyVerdict =
  | { readonly kind: "rest"; readonly waitMs: number }
  | { readonly kind: "refuse"; readonly code: ErrorCode; readonly scope: "key" | "model" };

/** How many keys are in which state. */
export interface KeyStates {
  readonly ready: number;
  readonly resting: number;
  readonly dead: number;
}

/**
 * The keys of a deployment, handed out in turn. A key that the provider refused is set aside until its text changes; one
 * request tries it anew after 30 seconds, then after twice as long each time, up to ten minutes. A key whose rate is limited
 * rests for the model as long as told. An only key is always handed out: there is nothing to use in its place.
 */
export class KeyRing {
  #keys: HeldKey[] = [];
  #next = 0;

  /** Puts other keys in place; what is known of a key whose text stays is kept. */
  replace(texts: readonly string[]): void {
    const known = new Map(this.#keys.map((key) => [key.text, key]));
    this.#keys = texts.map((text, index) => {
      const key = known.get(text) ?? { text, position: 0, whole: undefined, models: new Map() };
      key.position = index + 1;
      return key;
    });
    this.#next = 0;
  }

  get size(): number {
    return this.#keys.length;
  }

  /**
   * The next key for a request.
   *
   * @param now   unix milliseconds
   * @param tried keys that the request had before
   */
  take(now: number, model: string, tried: ReadonlySet<RingKey>): Taken {
    const count = this.#keys.length;
    for (let step = 0; step < count; step++) {
      const at = (this.#next + step) % count;
      const key = this.#keys[at];
      if (key === undefined || tried.has(key) || !(count === 1 || isFree(key, model, now))) continue;
      this.#next = at + 1;
      return { kind: "key", key, at: now };
    }
    return this.#unavailable(now, model);
  }

  /** Notes that the provider took a key. True when it had been set aside. */
  accepted({ key: { text } }: TakenKey, model: string): boolean {
    const key = this.#find(text);
    const refused = key?.models.get(model);
    // A rest goes on: the request may have been sent before the one that was limited.
    if (key === undefined || (key.whole === undefined && !isRefusal(refused))) return false;
    key.whole = undefined;
    if (isRefusal(refused)) key.models.delete(model);
    return true;
  }

  /** Notes what an answer meant for a key. True when the key is set aside by it and was not before. */
  judged({ key: { text }, at }: TakenKey, model: string, verdict: KeyVerdict, now: number): boolean {
    const key = this.#find(text);
    if (key === undefined) return false;
    if (verdict.kind === "rest") {
      const until = now + Math.min(verdict.waitMs, LONGEST_REST_MS);
      holdModel(key, model, { code: ErrorCode.RATE_LIMITED, since: now, until, refusals: 0 });
      return false;
    }
    const before = verdict.scope === "key" ? key.whole : key.models.get(model);
    const known = isRefusal(before) ? before : undefined;
    // Requests that were under way together are refused together, and count once.
    if (known !== undefined && at < known.since) return false;
    const refusals = (known?.refusals ?? 0) + 1;
    const hold = { code: verdict.code, since: now, until: now + trialMs(refusals), refusals };
    if (verdict.scope === "key") key.whole = hold;
    else holdModel(key, model, hold);
    return refusals === 1;
  }

  /** A key counts as dead when it was refused as a whole, as resting while it is not used for some model. */
  states(now: number): KeyStates {
    const states = { ready: 0, resting: 0, dead: 0 };
    for (const { whole, models } of this.#keys) {
      const holds = [...models.values()].some((hold) => hold.refusals > 0 || hold.until > now);
      states[whole !== undefined ? "dead" : holds ? "resting" : "ready"]++;
    }
    return states;
  }

  #find(text: string): HeldKey | undefined {
    return this.#keys.find((key) => key.text === text);
  }

  #unavailable(now: number, model: string): Taken {
    if (this.#keys.length === 0) return { kind: "empty" };
    const holds = this.#keys.map((key) => key.whole ?? key.models.get(model));
    const waits = holds.flatMap((hold) => (hold?.refusals === 0 ? [Math.max(0, hold.until - now)] : []));
    if (waits.length > 0) return { kind: "resting", waitMs: Math.min(...waits) };
    const unpaid = holds.every((hold) => hold?.code === ErrorCode.PROVIDER_QUOTA_EXHAUSTED);
    return { kind: "refused", code: unpaid ? ErrorCode.PROVIDER_QUOTA_EXHAUSTED : ErrorCode.PROVIDER_AUTHENTICATION };
  }
}

/** Whether a key may be used. Who finds a refused one free to be tried is the only one until the next trial. */
function isFree(key: HeldKey, model: string, now: number): boolean {
  const holds = [key.whole, key.models.get(model)];
  if (holds.some((hold) => hold !== undefined && now < hold.until - SLACK_MS)) return false;
  for (const hold of holds) if (isRefusal(hold)) hold.until = now + trialMs(hold.refusals);
  return true;
}

function isRefusal(hold: Hold | undefined): hold is Hold {
  return hold !== undefined && hold.refusals > 0;
}

function trialMs(refusals: number): number {
  return Math.min(FIRST_TRIAL_MS * 2 ** (refusals - 1), LAST_TRIAL_MS);
}

/** Names of models come from outside, so what ended makes room, and then the oldest. */
function holdModel({ models }: HeldKey, model: string, hold: Hold): void {
  if (models.size >= MAX_MODELS) {
    for (const [name, { until }] of models) if (until <= hold.since) models.delete(name);
    const [oldest] = models.keys();
    if (models.size >= MAX_MODELS && oldest !== undefined) models.delete(oldest);
  }
  models.set(model, hold);
}
