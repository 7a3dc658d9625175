import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { abortError } from "@fairlead/rpc/deadline";
import { failure } from "@fairlead/rpc/fairlead-error";
import { advanceLimit, type CallMeasure, type LatencyKind, type LimitBounds, type LimitState, startLimit } from "./advance-limit.ts";

/** How calls are limited. */
export interface ConcurrencySettings extends LimitBounds {
  /** Calls of a target at first. */
  readonly start: number;
  /** Milliseconds that a call waits for its turn at most. */
  readonly waitMs: number;
  /** Calls of a target that wait at most. */
  readonly waiting: number;
}

export const CONCURRENCY: ConcurrencySettings = { least: 4, start: 256, most: 1_024, waitMs: 2_000, waiting: 1_024 };

/** Targets that are kept at most; names of models come from outside. */
const MAX_TARGETS = 1_024;
/** Milliseconds after which a call that found no turn may be tried again. */
const RETRY_MS = 1_000;

/** A turn of a call, given back once. */
export interface Turn {
  /** The provider answered, so fast. */
  answered(kind: LatencyKind, ms: number): void;
  /** The provider was overloaded or did not answer in time. */
  overloaded(): void;
  /** Nothing is learnt from the call. */
  left(): void;
}

/** What is known of a target. */
export interface TargetConcurrency {
  readonly deployment: string;
  readonly model: string;
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

interface Target {
  readonly deployment: string;
  readonly model: string;
  state: LimitState;
  inFlight: number;
  readonly queue: Set<() => void>;
}

/** Lets as many calls of each target through at a time as its latency shows that it bears; others wait in turn. */
export class ConcurrencyLimiter {
  readonly #settings: ConcurrencySettings;
  readonly #now: () => number;
  readonly #targets = new Map<string, Target>();

  constructor(settings: ConcurrencySettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /**
   * Waits for a turn.
   *
   * @throws FairleadError OVERLOADED where too many wait or the wait is too long; what the signal was aborted with
   */
  async enter(deployment: string, model: string, signal: AbortSignal): Promise<Turn> {
    const target = this.#targetOf(deployment, model);
    // Whoever waits comes first, so that nobody is overtaken for ever.
    if (target.queue.size > 0 || target.inFlight >= Math.floor(target.state.limit)) await this.#wait(target, signal);
    else target.inFlight++;
    return this.#turn(target);
  }

  get targets(): readonly TargetConcurrency[] {
    return [...this.#targets.values()].map(({ deployment, model, state, inFlight, queue }) => {
      return { deployment, model, limit: Math.floor(state.limit), inFlight, waiting: queue.size };
    });
  }

  #turn(target: Target): Turn {
    let given = true;
    const giveBack = (measure: CallMeasure | undefined) => {
      if (!given) return;
      given = false;
      if (measure !== undefined) target.state = advanceLimit(target.state, measure, this.#settings, this.#now());
      target.inFlight--;
      this.#admit(target);
    };
    return {
      answered: (kind, ms) => giveBack({ kind, ms, inFlight: target.inFlight }),
      overloaded: () => giveBack({ kind: "overloaded" }),
      left: () => giveBack(undefined),
    };
  }

  #admit(target: Target): void {
    for (const begin of target.queue) {
      if (target.inFlight >= Math.floor(target.state.limit)) return;
      target.queue.delete(begin);
      target.inFlight++;
      begin();
    }
  }

  #wait(target: Target, signal: AbortSignal): Promise<void> {
    if (target.queue.size >= this.#settings.waiting) throw tooMany();
    return new Promise((resolve, reject) => {
      const leave = (why: Error) => {
        target.queue.delete(begin);
        end();
        reject(why);
      };
      const aborted = () => leave(abortError(signal));
      const timer = setTimeout(() => leave(tooMany()), this.#settings.waitMs);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
      };
      const begin = () => {
        end();
        resolve();
      };
      if (signal.aborted) return leave(abortError(signal));
      signal.addEventListener("abort", aborted, { once: true });
      target.queue.add(begin);
    });
  }

  #targetOf(deployment: string, model: string): Target {
    const key = `${deployment}\0${model}`;
    let target = this.#targets.get(key);
    if (target === undefined) {
      if (this.#targets.size >= MAX_TARGETS) this.#forgetIdle();
      target = { deployment, model, state: startLimit(this.#settings.start, this.#now()), inFlight: 0, queue: new Set() };
      this.#targets.set(key, target);
    }
    return target;
  }

  #forgetIdle(): void {
    for (const [key, { inFlight, queue }] of this.#targets) if (inFlight === 0 && queue.size === 0) this.#targets.delete(key);
  }
}

function tooMany() {
  const message = "As many calls of the model are under way as its provider bears.";
  return failure(ErrorCode.OVERLOADED, message, { retryAfterMs: RETRY_MS });
}
