import { type TargetFigures, UNKNOWN_TARGET } from "@fairlead/decision/balancing/advance-target";
import { targetKey, type TargetName } from "@fairlead/decision/balancing/adapter-directory";
import type { CircuitReport } from "@fairlead/decision/balancing/merge-circuit";

/** A target and what is remembered of it. */
export interface BookedTarget extends TargetName {
  readonly key: string;
  figures: TargetFigures;
  circuit: CircuitReport | undefined;
}

/**
 * What is remembered of each target. Targets are remembered before they are offered and after, so that an adapter that
 * restarts keeps its figures; when the book is full, the oldest that is not offered makes room.
 */
export class TargetBook {
  readonly #limit: number;
  readonly #targets = new Map<string, BookedTarget>();
  #offered = new Set<string>();
  #byModel = new Map<string, BookedTarget[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The target of a name, entered where it is new; undefined where there is no room. */
  enter(name: TargetName): BookedTarget | undefined {
    const { provider, model, deployment } = name;
    const key = targetKey(name);
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    if (this.#targets.size >= this.#limit && !this.#makeRoom()) return undefined;
    const target: BookedTarget = { provider, model, deployment, key, figures: UNKNOWN_TARGET, circuit: undefined };
    this.#targets.set(key, target);
    return target;
  }

  /**
   * Takes over what is on offer.
   *
   * @returns keys of targets that no longer are
   */
  offer(names: ReadonlyMap<string, TargetName>): string[] {
    const gone = [...this.#offered].filter((key) => !names.has(key));
    this.#offered = new Set(names.keys());
    this.#byModel = new Map();
    for (const name of names.values()) {
      const target = this.enter(name);
      if (target === undefined) this.#offered.delete(targetKey(name));
      else this.#byModel.set(name.model, [...(this.#byModel.get(name.model) ?? []), target]);
    }
    return gone;
  }

  /** The targets on offer that can stand in for each other: those of one model. */
  equalsOf(model: string): readonly BookedTarget[] {
    return this.#byModel.get(model) ?? [];
  }

  /** The models on offer. */
  models(): Iterable<string> {
    return this.#byModel.keys();
  }

  #makeRoom(): boolean {
    for (const key of this.#targets.keys()) {
      if (!this.#offered.has(key)) return this.#targets.delete(key);
    }
    return false;
  }
}
