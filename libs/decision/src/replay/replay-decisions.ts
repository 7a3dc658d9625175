import type { ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import type { RoutingPolicy } from "@fairlead/contracts/routing/v1/routing_policy";
import { priceUsage } from "../cost/price-usage.ts";
import type { Tiered } from "../routing/decide-route.ts";
import { decideAgain } from "./decide-again.ts";
import { makeReplayTargets, type ReplayTargets } from "./make-replay-targets.ts";
import { mapLatency } from "./map-latency.ts";
import { failureRateOf, measureRecord, type MeasuredRecord } from "./recorded-figures.ts";
import { firstTarget, recordedKey, type RecordedOutcome } from "./recorded-outcome.ts";
import { type ReplayedRequest, type Totals, TotalsSum } from "./replay-totals.ts";

/** What to replay. */
export interface ReplayQuestion {
  readonly records: readonly RecordedOutcome[];
  readonly descriptions: readonly ProviderDescription[];
  readonly policy: RoutingPolicy;
  /** True leaves the choice of a model to the policy, also where a request named one. */
  readonly anyModel: boolean;
}

/** How requests move to or from a target. */
export interface ReplayedModel {
  readonly provider: string;
  readonly model: string;
  readonly recorded: number;
  readonly policy: number;
  /** Answers of the record that its figures rest on. */
  readonly evidence: number;
}

/** Both sides, over requests of one kind of task. */
export interface ReplayedCategory {
  readonly category: string;
  readonly recorded: Totals;
  readonly policy: Totals;
  readonly changedShare: number;
}

/** What another policy would have made of a record. */
export interface ReplayReport {
  readonly recorded: Totals;
  readonly policy: Totals;
  readonly changedShare: number;
  readonly rejectedShare: number;
  /** Share of requests whose target under the policy answered in the record. */
  readonly measuredShare: number;
  readonly leftOut: number;
  readonly models: readonly ReplayedModel[];
  readonly categories: readonly ReplayedCategory[];
}

interface Sides {
  readonly recorded: TotalsSum;
  readonly policy: TotalsSum;
  requests: number;
  changed: number;
}

/**
 * Decides the requests of a record anew under another policy. Where the first target stays the same, what was recorded
 * stands; where it changes, the cost is that of the same tokens at the other price, the time is that of the same place among
 * the other target's answers, and failures are as likely as the record has them.
 *
 * Requests are taken in steps, so that whoever replays many of them can do other things in between.
 */
export class Replay {
  readonly #question: ReplayQuestion;
  readonly #measured: MeasuredRecord;
  readonly #targets: ReplayTargets;
  readonly #all = newSides();
  readonly #categories = new Map<string, Sides>();
  readonly #models = new Map<string, { recorded: number; policy: number }>();
  #next = 0;
  #rejected = 0;
  #fromRecord = 0;
  #leftOut = 0;

  constructor(question: ReplayQuestion) {
    this.#question = question;
    this.#measured = measureRecord(question.records);
    this.#targets = makeReplayTargets(question.descriptions, this.#measured);
  }

  /** Replays the next requests; false when there are none left. */
  step(count: number): boolean {
    const end = this.#next + count;
    for (const record of this.#question.records.slice(this.#next, end)) this.#replay(record);
    this.#next = end;
    return end < this.#question.records.length;
  }

  report(): ReplayReport {
    const { requests, changed } = this.#all;
    const share = (part: number) => (requests === 0 ? 0 : part / requests);
    return {
      ...readSides(this.#all),
      changedShare: share(changed),
      rejectedShare: share(this.#rejected),
      measuredShare: share(this.#fromRecord),
      leftOut: this.#leftOut,
      models: this.#modelsMoved(),
      categories: Array.from(this.#categories, ([category, sides]) => ({
        category,
        ...readSides(sides),
        changedShare: sides.changed / sides.requests,
      })).sort((a, b) => b.recorded.requests - a.recorded.requests || (a.category < b.category ? -1 : 1)),
    };
  }

  #replay(record: RecordedOutcome): void {
    const { policy, anyModel } = this.#question;
    const decided = decideAgain(record, policy, this.#targets.at(record.occurredMs), anyModel);
    const before = firstTarget(record);
    if (decided.kind === "unknown" || before === undefined) {
      this.#leftOut += 1;
      return;
    }
    const was = asRecorded(record);
    const key = recordedKey(before);
    this.#move(key, "recorded");
    if (decided.kind === "rejected") {
      this.#rejected += 1;
      this.#count(record, was, { cost: 0n, latencyMs: undefined, failure: 1, firstFailure: 1 }, true);
      return;
    }
    const nextKey = keyOf(decided.ranked[0] as Tiered);
    this.#move(nextKey, "policy");
    if (this.#answersOf(nextKey).length > 0) this.#fromRecord += 1;
    const changed = nextKey !== key;
    this.#count(record, was, changed ? this.#expect(record, decided.ranked) : was, changed);
  }

  #expect({ outcome }: RecordedOutcome, ranked: readonly Tiered[]): ReplayedRequest {
    const { target, prediction } = ranked[0] as Tiered;
    const chances = ranked.map((one) => failureRateOf(this.#measured, keyOf(one)));
    const failure = chances.reduce((product, chance) => product * chance, 1);
    const { usage, succeeded, fellBack, durationMs } = outcome;
    const cost =
      usage === undefined || target.price === undefined ? prediction.costNanoUsd : priceUsage(target.price, usage);
    const own = succeeded && !fellBack ? this.#answersOf(recordedKey(outcome)) : [];
    const latencyMs = mapLatency(durationMs, own, this.#answersOf(keyOf(ranked[0] as Tiered))) ?? prediction.latencyMs;
    return {
      cost: BigInt(Math.round(Number(cost) * (1 - failure))),
      latencyMs,
      failure,
      firstFailure: chances[0] ?? 0,
    };
  }

  #answersOf(key: string): readonly number[] {
    return this.#measured.byTarget.get(key)?.latencies ?? [];
  }

  #count({ outcome }: RecordedOutcome, was: ReplayedRequest, would: ReplayedRequest, changed: boolean): void {
    const category = outcome.analysis?.category ?? "";
    const ofCategory = this.#categories.get(category) ?? newSides();
    this.#categories.set(category, ofCategory);
    for (const sides of [this.#all, ofCategory]) {
      sides.requests += 1;
      if (changed) sides.changed += 1;
      sides.recorded.add(was);
      sides.policy.add(would);
    }
  }

  #move(key: string, side: "recorded" | "policy"): void {
    const counts = this.#models.get(key) ?? { recorded: 0, policy: 0 };
    counts[side] += 1;
    this.#models.set(key, counts);
  }

  #modelsMoved(): ReplayedModel[] {
    const moved = Array.from(this.#models, ([key, counts]) => {
      const cut = key.indexOf("/");
      return {
        provider: key.slice(0, cut),
        model: key.slice(cut + 1),
        ...counts,
        evidence: this.#answersOf(key).length,
      };
    });
    const size = ({ recorded, policy }: ReplayedModel) => Math.max(recorded, policy);
    return moved.sort((a, b) => size(b) - size(a) || (recordedKey(a) < recordedKey(b) ? -1 : 1));
  }
}

function newSides(): Sides {
  return { recorded: new TotalsSum(), policy: new TotalsSum(), requests: 0, changed: 0 };
}

function readSides({ recorded, policy }: Sides): { recorded: Totals; policy: Totals } {
  return { recorded: recorded.read(), policy: policy.read() };
}

function keyOf({ target }: Tiered): string {
  return recordedKey({ provider: target.provider, model: target.model.model });
}

function asRecorded({ outcome }: RecordedOutcome): ReplayedRequest {
  const { succeeded, fellBack, durationMs, costNanoUsd } = outcome;
  return {
    cost: costNanoUsd,
    latencyMs: succeeded ? durationMs : undefined,
    failure: succeeded ? 0 : 1,
    firstFailure: fellBack || !succeeded ? 1 : 0,
  };
}
