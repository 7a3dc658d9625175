import { targetKey, type TargetName } from "@fairlead/decision/balancing/adapter-directory";
import { type TargetFigures, UNKNOWN_TARGET } from "@fairlead/decision/balancing/advance-target";
import { NO_TRAFFIC, type TargetTraffic } from "@fairlead/decision/balancing/advance-traffic";
import type { CircuitReport } from "@fairlead/decision/balancing/merge-circuit";
import type { TargetOffer } from "@fairlead/decision/balancing/target-offer";
import { LatencySketch } from "./latency-sketch.ts";

/** A target and what is remembered of it. */
export interface BookedTarget extends TargetName {
  readonly key: string;
  figures: TargetFigures;
  traffic: TargetTraffic;
  readonly latency: LatencySketch;
  circuit: CircuitReport | undefined;
  /** Undefined: it is not on offer. */
  offer: TargetOffer | undefined;
}

/** How the book is kept. */
export interface BookSettings {
  /** Targets kept at most. */
  readonly maxTargets: number;
  /** Milliseconds over which percentiles are taken. */
  readonly percentileWindowMs: number;
}

/**
 * What is remembered of each target. Targets are remembered before they are offered and after, so that an adapter that
 * restarts keeps its figures; when the book is full, the oldest that is not offered makes room.
 */
export class TargetBook {
  readonly #settings: BookSettings;
  readonly #targets = new Map<string, BookedTarget>();
  #byModel = new Map<string, BookedTarget[]>();
  #byAccount = new Map<string, BookedTarget[]>();

  constructor(settings: BookSettings) {
    this.#settings = settings;
  }

  /** The target of a name, entered where it is new; undefined where there is no room. */
  enter(name: TargetName): BookedTarget | undefined {
    const { provider, model, deployment } = name;
    const key = targetKey(name);
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    if (this.#targets.size >= this.#settings.maxTargets && !this.#makeRoom()) return undefined;
    const target: BookedTarget = {
      provider,
      model,
      deployment,
      key,
      figures: UNKNOWN_TARGET,
      traffic: NO_TRAFFIC,
      latency: new LatencySketch(this.#settings.percentileWindowMs),
      circuit: undefined,
      offer: undefined,
    };
    this.#targets.set(key, target);
    return target;
  }

  /**
   * Takes over what is on offer.
   *
   * @returns keys of targets that no longer are
   */
  offer(offers: Iterable<TargetOffer>): string[] {
    const before = [...this.#targets.values()].filter((target) => target.offer !== undefined);
    for (const target of before) target.offer = undefined;
    this.#byModel = new Map();
    this.#byAccount = new Map();
    const offered = [...offers];
    // Targets that are known come first: what is to be offered must not make room for other offers.
    for (const offer of offered) this.#mark(this.#targets.get(offer.key), offer);
    for (const offer of offered) this.#mark(this.enter(offer.name), offer);
    for (const offer of offered) this.#group(this.#targets.get(offer.key));
    return before.filter((target) => target.offer === undefined).map(({ key }) => key);
  }

  /** The targets on offer that can stand in for each other: those of one canonical model. */
  equalsOf(canonicalModel: string): readonly BookedTarget[] {
    return this.#byModel.get(canonicalModel) ?? [];
  }

  /** The targets on offer that share the limits of an account. */
  sharersOf(account: string): readonly BookedTarget[] {
    return this.#byAccount.get(account) ?? [];
  }

  /** The canonical model of a target on offer, by its key; undefined where it is not. */
  modelOf(key: string): string | undefined {
    return this.#targets.get(key)?.offer?.canonicalModel;
  }

  /** The canonical models on offer. */
  models(): Iterable<string> {
    return this.#byModel.keys();
  }

  #mark(target: BookedTarget | undefined, offer: TargetOffer): void {
    if (target !== undefined) target.offer = offer;
  }

  #group(target: BookedTarget | undefined): void {
    if (target?.offer === undefined) return;
    const { canonicalModel, account } = target.offer;
    append(this.#byModel, canonicalModel, target);
    if (account !== "") append(this.#byAccount, account, target);
  }

  #makeRoom(): boolean {
    for (const [key, target] of this.#targets) {
      if (target.offer === undefined) return this.#targets.delete(key);
    }
    return false;
  }
}

function append(groups: Map<string, BookedTarget[]>, name: string, target: BookedTarget): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [target]);
  else group.push(target);
}
