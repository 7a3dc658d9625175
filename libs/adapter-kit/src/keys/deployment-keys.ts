import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, type FairleadError, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import { measureKeys } from "./key-metrics.ts";
import { KeyRing, type KeyVerdict, type RingKey, type Taken, type TakenKey } from "./key-ring.ts";
import type { KeySource } from "./key-source.ts";

/** Keys that one call tries at most. */
const MAX_TRIED = 3;
/** A refusal that may concern no more than the model that was asked for. */
const FORBIDDEN = 403;

/** Whose keys they are. */
export interface KeyOwner {
  readonly provider: string;
  /** Empty: the adapter's own, used by all deployments that have none. */
  readonly deployment: string;
}

/** The keys of one call after the other, as one source tells them. */
export interface DeploymentKeys {
  /** Starts a call that may try several keys. */
  begin(model: string): KeyedCall;
  close(): Promise<void>;
}

/** The keys of one call. */
export interface KeyedCall {
  /**
   * The first key, or another after a refusal.
   *
   * @throws FairleadError RATE_LIMITED, PROVIDER_AUTHENTICATION, PROVIDER_QUOTA_EXHAUSTED or UNAVAILABLE where there is none
   */
  key(): string;
  /** The provider took the key. */
  accepted(): void;
  /** Takes the provider's refusal. True where it is to be hidden by another key, or by a wait that is shorter. */
  refused(status: number, error: FairleadError): boolean;
}

/** Opens the keys of a source for a deployment; their changes are followed, counted and logged by the source's name. */
export function openDeploymentKeys(owner: KeyOwner, source: KeySource, tools: Pick<ServiceTools, "logger" | "metrics" | "now">): DeploymentKeys {
  const { provider, deployment } = owner;
  const { logger, now } = tools;
  const ring = new KeyRing();
  const about = { provider, deployment, source: source.name };
  const metrics = measureKeys(tools.metrics, provider, deployment, () => ring.states(now()));
  ring.replace(source.current ?? []);
  source.follow({
    changed() {
      const keys = source.current ?? [];
      ring.replace(keys);
      metrics.changed(keys.length === 0 ? "withdrawn" : "loaded");
      if (keys.length === 0) logger.error(about, "the keys were withdrawn; calls are refused until there are others");
      else logger.info({ ...about, keys: keys.length }, "keys loaded anew");
    },
    failed(problem) {
      metrics.changed("broken");
      logger.error({ ...about, problem }, "the keys cannot be used; those that held before stay");
    },
  });
  const described = ({ position }: RingKey) => ({ ...about, position });

  return {
    begin: (model) =>
      new TriedKeys(ring, model, {
        known: () => source.current !== undefined,
        now,
        setAside: (key, reason) => logger.warn({ ...described(key), reason: ErrorCode[reason] }, "a key was refused and is set aside"),
        back: (key) => logger.info(described(key), "a key that was set aside is used again"),
      }),
    async close() {
      metrics.close();
      await source.close();
    },
  };
}

interface TriedKeysTools {
  readonly known: () => boolean;
  readonly now: () => number;
  readonly setAside: (key: RingKey, reason: ErrorCode) => void;
  readonly back: (key: RingKey) => void;
}

class TriedKeys implements KeyedCall {
  readonly #ring: KeyRing;
  readonly #model: string;
  readonly #tools: TriedKeysTools;
  readonly #tried = new Set<RingKey>();
  #next: Taken | undefined;
  #taken: TakenKey | undefined;

  constructor(ring: KeyRing, model: string, tools: TriedKeysTools) {
    this.#ring = ring;
    this.#model = model;
    this.#tools = tools;
  }

  key(): string {
    const next = this.#next ?? this.#take();
    this.#next = undefined;
    if (next.kind !== "key") throw noKey(next, this.#tools.known());
    this.#taken = next;
    this.#tried.add(next.key);
    return next.key.text;
  }

  accepted(): void {
    const taken = this.#taken;
    if (taken !== undefined && this.#ring.accepted(taken, this.#model)) this.#tools.back(taken.key);
  }

  refused(status: number, error: FairleadError): boolean {
    const taken = this.#taken;
    const verdict = verdictOf(status, error);
    if (taken === undefined || verdict === undefined) return false;
    const aside = this.#ring.judged(taken, this.#model, verdict, this.#tools.now());
    if (aside) this.#tools.setAside(taken.key, error.code);
    if (this.#ring.size < 2 || this.#tried.size >= MAX_TRIED) return false;
    this.#next = this.#take();
    return this.#next.kind === "key" || this.#next.kind === "resting";
  }

  #take(): Taken {
    return this.#ring.take(this.#tools.now(), this.#model, this.#tried);
  }
}

function verdictOf(status: number, error: FairleadError): KeyVerdict | undefined {
  switch (error.code) {
    case ErrorCode.RATE_LIMITED:
      return { kind: "rest", waitMs: retryAfterMs(error.detail) ?? 0 };
    case ErrorCode.PROVIDER_AUTHENTICATION:
      return { kind: "refuse", code: error.code, scope: status === FORBIDDEN ? "model" : "key" };
    case ErrorCode.PROVIDER_QUOTA_EXHAUSTED:
      return { kind: "refuse", code: error.code, scope: "key" };
    default:
      return undefined;
  }
}

function noKey(taken: Exclude<Taken, TakenKey>, known: boolean): FairleadError {
  if (taken.kind === "resting") {
    return failure(ErrorCode.RATE_LIMITED, "All keys of the provider rest until their limits are over.", { retryAfterMs: taken.waitMs });
  }
  if (taken.kind === "refused") return failure(taken.code, "The provider refused all keys; they are tried again from time to time.");
  if (!known) return failure(ErrorCode.UNAVAILABLE, "The keys of the provider are not known yet.");
  return failure(ErrorCode.PROVIDER_AUTHENTICATION, "The keys of the provider were withdrawn.");
}
