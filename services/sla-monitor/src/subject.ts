import { create } from "@bufbuild/protobuf";
import { type LevelCount, LevelCountSchema } from "@fairlead/contracts/sla/v1/history";
import type { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { EventCounts } from "@fairlead/decision/sla/error-budget";
import { findTrend, type Trend } from "@fairlead/decision/sla/find-trend";
import { type Scope, scopeKey } from "@fairlead/decision/sla/scope";
import type { ServiceLevel } from "@fairlead/decision/sla/service-level";
import type { WindowFigures } from "@fairlead/decision/sla/window-figures";
import { LevelWatch } from "./level-watch.ts";
import { countCall, emptyMinute, minuteFigure, type MinuteCounts } from "./minute-counts.ts";
import { RollingWindow, type Sample } from "./rolling-window.ts";

/** What a subject is watched by. */
export interface SubjectSettings {
  readonly slices: number;
  readonly recoverMs: number;
  readonly levels: readonly ServiceLevel[];
  /** Lengths of further windows, for rules. */
  readonly windows: readonly number[];
  /** Unix milliseconds since which nothing was missed. */
  readonly countedSince: number;
}

/** Minutes for which figures by the minute are kept. */
const KEPT_MINUTES = 60;

/** The calls of one scope: windows of them, the levels they are held against, and their last hour by the minute. */
export class Subject {
  readonly scope: Scope;
  readonly key: string;
  readonly levels: readonly LevelWatch[];
  readonly #windows = new Map<number, RollingWindow>();
  readonly #recoverMs: number;
  readonly #minutes: MinuteCounts[] = [];
  #minute: MinuteCounts;
  /** Calls and checks in the minute so far. */
  observations = 0;
  /** Unix milliseconds of the last call. */
  calledAt: number;

  constructor(scope: Scope, settings: SubjectSettings, now: number) {
    this.scope = scope;
    this.key = scopeKey(scope);
    this.levels = settings.levels.map((level) => new LevelWatch(level, now));
    this.#recoverMs = settings.recoverMs;
    const lengths = new Set([...settings.levels.map(({ windowMs }) => windowMs), ...settings.windows]);
    for (const windowMs of lengths) this.#windows.set(windowMs, new RollingWindow({ windowMs, slices: settings.slices }, settings.countedSince));
    this.#minute = emptyMinute(now - (now % 60_000));
    this.calledAt = now;
  }

  add(sample: Sample, now: number): void {
    for (const window of this.#windows.values()) window.add(sample, now);
    for (const level of this.levels) level.add(sample, now);
    countCall(this.#minute, sample);
    this.observations += 1;
    this.calledAt = now;
  }

  addCheck(answered: boolean, now: number): void {
    for (const window of this.#windows.values()) window.addCheck(answered, now);
    if (answered) this.#minute.checksAnswered += 1;
    else this.#minute.checksFailed += 1;
    this.observations += 1;
  }

  /** Judges its levels anew. */
  review(now: number): void {
    const figures = new Map<number, WindowFigures>();
    for (const watch of this.levels) {
      const { windowMs } = watch.level;
      let found = figures.get(windowMs);
      if (found === undefined) figures.set(windowMs, (found = this.figures(windowMs, now)));
      watch.review(found, this.#recoverMs, now);
    }
  }

  /** Figures over one of its windows. */
  figures(windowMs: number, now: number): WindowFigures {
    const window = this.#windows.get(windowMs);
    if (window === undefined) throw new RangeError(`no window of ${windowMs} ms`);
    return window.figures(now);
  }

  /** True when nobody called for as long as its longest window. */
  hasNoCalls(now: number): boolean {
    return [...this.#windows.values()].every((window) => window.figures(now).calls === 0);
  }

  /** True when nobody called or checked for as long as its longest window. */
  isEmpty(now: number): boolean {
    return [...this.#windows.values()].every((window) => {
      const { calls, checks } = window.figures(now);
      return calls + checks === 0;
    });
  }

  /** Forgets the calls in its windows; what was counted for reports stays. */
  restart(now: number): void {
    for (const window of this.#windows.values()) window.restart(now);
  }

  level(metric: SlaMetric): LevelWatch | undefined {
    return this.levels.find((watch) => watch.level.metric === metric);
  }

  /** Events of the minute so far, by level. */
  openMinute(): LevelCount[] {
    return this.#rows((watch) => watch.openMinute(this.#minute));
  }

  /** Ends the minute: its counts, and its events by level. */
  closeMinute(nextStart: number): { readonly counts: MinuteCounts; readonly rows: LevelCount[] } {
    const counts = this.#minute;
    const rows = this.#rows((watch) => watch.closeMinute(counts, counts.start));
    this.#minutes.push(counts);
    if (this.#minutes.length > KEPT_MINUTES) this.#minutes.shift();
    this.#minute = emptyMinute(nextStart);
    this.observations = 0;
    return { counts, rows };
  }

  /** Whether a figure rises or falls over the last hour. */
  trend(metric: SlaMetric): Trend {
    return findTrend(
      this.#minutes.flatMap((minute) => {
        const value = minuteFigure(metric, minute);
        return value === undefined ? [] : [{ at: minute.start, value }];
      }),
    );
  }

  #rows(countsOf: (watch: LevelWatch) => EventCounts): LevelCount[] {
    return this.levels.flatMap((watch) => {
      const { good, bad } = countsOf(watch);
      return good + bad === 0 ? [] : [create(LevelCountSchema, { scope: this.scope, metric: watch.level.metric, good, bad })];
    });
  }
}
