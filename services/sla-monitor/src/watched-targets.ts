import { targetKey, type TargetName } from "@fairlead/decision/balancing/adapter-directory";
import { RollingWindow, type Sample, sliceNumberAt, type WindowSettings } from "./rolling-window.ts";

/** A target and its window. */
export interface WatchedTarget extends Pick<TargetName, "provider" | "model"> {
  readonly key: string;
  readonly window: RollingWindow;
  /** True while an alert about it is told and not over. */
  alerted: boolean;
}

/** The targets that were called within the window, up to a bound, and which of them need a look. */
export class WatchedTargets {
  readonly #settings: WindowSettings & { readonly maxTargets: number };
  readonly #targets = new Map<string, WatchedTarget>();
  readonly #changed = new Set<WatchedTarget>();
  #sliceNumber = 0;

  constructor(settings: WindowSettings & { readonly maxTargets: number }) {
    this.#settings = settings;
  }

  /** Takes in a call; false where there is no room for its target. */
  add({ provider, model }: Pick<TargetName, "provider" | "model">, sample: Sample, now: number): boolean {
    const key = targetKey({ provider, model, deployment: "" });
    let target = this.#targets.get(key);
    if (target === undefined) {
      if (this.#targets.size >= this.#settings.maxTargets) return false;
      target = { provider, model, key, window: new RollingWindow(this.#settings), alerted: false };
      this.#targets.set(key, target);
    }
    target.window.add(sample, now);
    this.#changed.add(target);
    return true;
  }

  /** The targets whose figures may differ from the last time: those called since, or all when the window moved. */
  takeChanged(now: number): WatchedTarget[] {
    const sliceNumber = sliceNumberAt(now, this.#settings);
    const changed = sliceNumber === this.#sliceNumber ? [...this.#changed] : [...this.#targets.values()];
    this.#sliceNumber = sliceNumber;
    this.#changed.clear();
    return changed;
  }

  /** Stops watching a target. */
  forget(target: WatchedTarget): void {
    this.#targets.delete(target.key);
  }
}
