import { create } from "@bufbuild/protobuf";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { type BurnRates, BurnRatesSchema, SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { BURN_WINDOWS_MS, burnOver, burnRate, type EventCounts, FAST_BURN, SLOW_BURN } from "@fairlead/decision/sla/error-budget";
import { type Judgement, judgeLevel, NOT_KNOWN } from "@fairlead/decision/sla/judge-level";
import { isPast, objectiveOf, type ServiceLevel } from "@fairlead/decision/sla/service-level";
import { type SettledVerdict, settled, settleVerdict } from "@fairlead/decision/sla/settle-verdict";
import { figureOf, wasAvailable, type WindowFigures } from "@fairlead/decision/sla/window-figures";
import { minuteFigure, type MinuteCounts } from "./minute-counts.ts";
import type { Sample } from "./rolling-window.ts";
import { SlidingCounts } from "./sliding-counts.ts";

/** A level of one scope, how it is kept now, and the events that its error budget is counted in. */
export class LevelWatch {
  readonly level: ServiceLevel;
  readonly objective: number;
  verdict: SettledVerdict;
  /** What the figures say now, before the verdict has settled. */
  judgement: Judgement = NOT_KNOWN;
  value: number | undefined;
  calls = 0;
  readonly #burn = BURN_WINDOWS_MS.map((windowMs) => new SlidingCounts(windowMs));
  #minute = { good: 0, bad: 0 };

  constructor(level: ServiceLevel, now: number) {
    this.level = level;
    this.objective = objectiveOf(level);
    this.verdict = settled(NOT_KNOWN, now);
  }

  /** Counts a call, where calls are what the level counts. */
  add({ succeeded, latencyMs }: Sample, now: number): void {
    if (this.level.metric === SlaMetric.SUCCESS_RATE) this.#count(succeeded, now);
    else if (this.level.metric === SlaMetric.LATENCY_P95 && latencyMs !== undefined) this.#count(latencyMs <= this.level.warning, now);
  }

  /** Takes figures over its window into the verdict. */
  review(figures: WindowFigures, recoverMs: number, now: number): void {
    this.value = figureOf(this.level.metric, figures);
    this.calls = figures.calls;
    this.judgement = judgeLevel(figures, this.level);
    this.verdict = settleVerdict(this.verdict, this.judgement, recoverMs, now);
  }

  /** The events of the minute so far, and with them the minute itself, where minutes are what the level counts. */
  openMinute(counts: MinuteCounts): EventCounts {
    const kept = this.#keptMinute(counts);
    if (kept === undefined) return this.#minute;
    return kept ? { good: 1, bad: 0 } : { good: 0, bad: 1 };
  }

  /** The events of the minute that ends. */
  closeMinute(counts: MinuteCounts, start: number): EventCounts {
    const kept = this.#keptMinute(counts);
    if (kept !== undefined) this.#count(kept, start);
    const closed = this.#minute;
    this.#minute = { good: 0, bad: 0 };
    return closed;
  }

  /** Counts events that were kept from before. */
  refill({ good, bad }: EventCounts, at: number): void {
    for (const counts of this.#burn) counts.add(good, bad, at);
  }

  /** How fast the error budget burns. */
  burn(now: number): BurnRates {
    const [last5Minutes, last30Minutes, lastHour, last6Hours] = this.#burn.map((counts) => burnRate(counts.counts(now), this.objective));
    const fast = (burnOver(lastHour, last5Minutes) ?? 0) >= FAST_BURN;
    const slow = (burnOver(last6Hours, last30Minutes) ?? 0) >= SLOW_BURN;
    const rates = { last5Minutes, last30Minutes, lastHour, last6Hours };
    return create(BurnRatesSchema, { ...definedOnly(rates), fast, slow });
  }

  /** True while the level is not kept. */
  breached(): boolean {
    return this.verdict.verdict >= Verdict.DEGRADED;
  }

  #count(good: boolean, at: number): void {
    if (good) this.#minute.good += 1;
    else this.#minute.bad += 1;
    for (const counts of this.#burn) counts.add(good ? 1 : 0, good ? 0 : 1, at);
  }

  /** Whether a minute kept the level; undefined where calls are counted or nothing shows. */
  #keptMinute(counts: MinuteCounts): boolean | undefined {
    const { metric, warning } = this.level;
    if (metric === SlaMetric.SUCCESS_RATE || metric === SlaMetric.LATENCY_P95) return undefined;
    if (metric === SlaMetric.AVAILABILITY) return wasAvailable(counts);
    const value = minuteFigure(metric, counts);
    return value === undefined ? undefined : !isPast(metric, value, warning);
  }
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
