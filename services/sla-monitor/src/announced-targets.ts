import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";
import { type AdapterDirectory, advanceDirectory, expireAdapters, sameOffer } from "@fairlead/decision/balancing/adapter-directory";

/** The targets that adapters announced of late: the labels of metrics come from them. */
export class AnnouncedTargets {
  #directory: AdapterDirectory = [];
  #targets: ReadonlySet<string> = new Set();
  #providers: ReadonlySet<string> = new Set();

  take(told: AdapterAnnounced, now: number): void {
    this.#offer(advanceDirectory(this.#directory, told, now));
  }

  /** Leaves out who fell silent. */
  expire(timeoutMs: number, now: number): void {
    this.#offer(expireAdapters(this.#directory, now, { timeoutMs, deafUntil: 0 }));
  }

  has({ provider, model }: { readonly provider: string; readonly model: string }): boolean {
    return this.#targets.has(`${provider}/${model}`);
  }

  hasProvider(provider: string): boolean {
    return this.#providers.has(provider);
  }

  #offer(next: AdapterDirectory): void {
    if (!sameOffer(this.#directory, next)) {
      this.#targets = new Set(next.flatMap(({ targets }) => targets.map(({ provider, model }) => `${provider}/${model}`)));
      this.#providers = new Set(next.map(({ provider }) => provider));
    }
    this.#directory = next;
  }
}
