import { readTraffic } from "@fairlead/decision/balancing/advance-traffic";
import { type Headroom, headroomOf, type Usage } from "@fairlead/decision/balancing/headroom";
import type { CallLoad } from "@fairlead/decision/balancing/load-reports";
import type { BookedTarget, TargetBook } from "./target-book.ts";

/** What is needed to see how much of its limits a target has left. */
export interface UsagePorts {
  readonly book: TargetBook;
  readonly loads: ReadonlyMap<string, CallLoad>;
  readonly fadeMs: number;
}

/** What goes through accounts at one moment; each is summed up once, however many targets share it. */
export class AccountUsage {
  readonly #ports: UsagePorts;
  readonly #now: number;
  readonly #known = new Map<string, Usage>();

  constructor(ports: UsagePorts, now: number) {
    this.#ports = ports;
    this.#now = now;
  }

  /** What is left of the limits of a target. */
  headroom({ offer }: BookedTarget): Headroom {
    if (offer?.limits === undefined) return { requests: 1, tokens: 1 };
    let usage = this.#known.get(offer.account);
    if (usage === undefined) {
      usage = this.#sum(offer.account);
      this.#known.set(offer.account, usage);
    }
    return headroomOf(offer.limits, usage);
  }

  #sum(account: string): Usage {
    const { book, loads, fadeMs } = this.#ports;
    let requestsPerMinute = 0;
    let tokensPerMinute = 0;
    let active = 0;
    for (const target of book.sharersOf(account)) {
      const reading = readTraffic(target.traffic, this.#now, fadeMs);
      requestsPerMinute += reading.requestsPerMinute;
      tokensPerMinute += reading.tokensPerMinute;
      active += loads.get(target.key)?.active ?? 0;
    }
    return { requestsPerMinute, tokensPerMinute, active };
  }
}
